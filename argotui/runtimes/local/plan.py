"""From a finished pod to a plan that the supervisor can follow without knowing Kubernetes.

Called by runtime.LocalRuntime; everything is resolved here: images, environment, volumes, paths.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from argotui.logs.spool import log_path
from argotui.model.errors import RuntimeFault
from argotui.model.work import PodWork, WorkRef
from argotui.runtimes.local.environment import ADDRESS, Sources, environment, expand
from argotui.runtimes.local.images import StandIn, stand_in
from argotui.runtimes.local.layout import INNER_TOOLS, SYSTEM_PATH, Layout, is_system
from argotui.runtimes.local.orphans import MARK
from argotui.runtimes.local.volumes import CLAIMS, Claims, binds_of, volumes_of

_GRACE = 30.0  # seconds, as a pod has by default
_PROGRESS = "/var/run/argo/progress"
_UNIT = {"": 1.0, "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_ELSEWHERE = "`--runtime kubernetes` runs the image itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all pods of a run have in common. `work` is the runtime's folder of the run."""

    run_id: str
    workflow_name: str
    namespace: str
    work: Path
    logs: Path
    layout: Layout
    sources: Sources
    images: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def make_plan(ref: WorkRef, work: PodWork, setting: Setting) -> dict[str, Any]:
    """Return the plan of a pod. Raises RuntimeFault (UsageError for the user's own table)."""
    pod, key = _with_identity(work.pod, ref, setting), safe_key(ref)
    spec = pod.get("spec") or {}
    folder = str(setting.work / "pods" / key)
    claims = Claims(folder=str(setting.work / CLAIMS), workflow_name=setting.workflow_name)
    volumes = volumes_of(pod, setting.sources, folder, claims)
    containers = [
        _container(raw, kind, pod, work, ref, volumes, folder, setting)
        for raw, kind in _kinds(spec, work.mains)
    ]
    stage = [
        {"container": s.container, "path": s.path, "content": s.content, "mode": s.mode}
        for s in work.stage
    ]
    plan = {
        "key": key,
        "ref": _ref_json(ref),
        "folder": folder,
        "host": os.uname().nodename,
        "mark": f"{setting.run_id}.{key}.",
        "deadline": work.deadline_seconds,
        "grace": float(spec.get("terminationGracePeriodSeconds") or _GRACE),
        "daemon": work.daemon,
        "capture": work.capture_result,
        "order": {name: list(needs) for name, needs in work.order.items()},
        "volumes": volumes,
        "containers": containers,
        "stage": stage,
        "collect": [
            {"name": c.name, "container": c.container, "path": c.path, "default": c.default}
            for c in work.collect
        ],
        "progress": containers[0]["env"].get("ARGO_PROGRESS_FILE", _PROGRESS),
    }
    _check_names(plan)
    if setting.layout.around is None:
        _rewrite_paths(plan)
    else:
        _check_mountpoints(plan, setting.layout)
    return plan


def safe_key(ref: WorkRef) -> str:
    """Return the work's key, which becomes the name of files. Raises RuntimeFault."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}", ref.key):
        raise RuntimeFault(f"{ref.key!r} cannot be the name of a folder")
    return ref.key


def seconds(text: object) -> float:
    """Return a Go duration (`1m30s`) or a number of seconds. Raises RuntimeFault."""
    words = re.findall(r"([0-9.]+)([a-z]*)", str(text))
    try:
        if words and "".join(number + unit for number, unit in words) == str(text):
            return sum(float(number) * _UNIT[unit] for number, unit in words)
    except (KeyError, ValueError):
        pass
    raise RuntimeFault(f"{text!r} is no duration")


def _with_identity(pod: Mapping[str, Any], ref: WorkRef, setting: Setting) -> dict[str, Any]:
    metadata = {
        "name": ref.pod_name,
        "namespace": setting.namespace or "default",
        "uid": ref.key,
        **(pod.get("metadata") or {}),
    }
    return {**pod, "metadata": metadata}


def _kinds(spec: Mapping[str, Any], mains: tuple[str, ...]) -> list[tuple[Mapping[str, Any], str]]:
    found = [
        (raw, "sidecar" if raw.get("restartPolicy") == "Always" else "init")
        for raw in spec.get("initContainers") or ()
    ]
    found += [
        (raw, "main" if raw["name"] in mains else "sidecar") for raw in spec.get("containers") or ()
    ]
    if not any(kind == "main" for _, kind in found):
        raise RuntimeFault("the pod has no main container")
    return found


def _container(
    raw: Mapping[str, Any],
    kind: str,
    pod: Mapping[str, Any],
    work: PodWork,
    ref: WorkRef,
    volumes: list[dict[str, Any]],
    folder: str,
    setting: Setting,
) -> dict[str, Any]:
    name, image = str(raw["name"]), str(raw.get("image") or "")
    root = f"{folder}/roots/{name}"
    found = stand_in(image, setting.images)
    binds = [list(bind) for bind in binds_of(raw, volumes)]
    binds += [[folder_, folder_, True] for folder_ in found.path if not is_system(folder_)]
    env = environment(raw, pod, setting.sources, _base(found, pod, setting, root))
    env |= _argo(raw, work, ref, setting, root)
    argv = _command(raw, image, found, env)
    retry = work.in_pod_retry if kind == "main" else None
    return {
        "name": name,
        "kind": kind,
        "early": kind == "sidecar" and raw.get("restartPolicy") == "Always",
        "volumes": [volume["folder"] for volume in volumes],
        "root": root,
        "log": str(log_path(setting.logs, ref.key, name)),
        "argv": argv,
        "env": env,
        "cwd": str(raw.get("workingDir") or ("/" if setting.layout.around else root)),
        "hostname": re.sub(r"[^A-Za-z0-9.-]", "-", ref.pod_name)[:63] or "pod",
        "binds": binds,
        "links": _links(found, image, setting.layout),
        "guard": _guard(),
        "tty": bool(raw.get("tty")),
        "keep": name == "main" and work.capture_result,
        "tries": int(str(retry.get("retries") or 0)) if retry is not None else 1,
        "retry_wait": seconds(retry.get("duration") or 0) if retry is not None else 0.0,
        "readiness": _readiness(raw, env),
        "detail": _note(found, image, argv, env),
        "lack": f"{image} is stood in for by programs of this machine; {_ELSEWHERE}",
    }


def _base(found: StandIn, pod: Mapping[str, Any], setting: Setting, root: str) -> dict[str, str]:
    first = [*found.path, *setting.layout.tool_path(found.tools)]
    env = {"LANG": "C.UTF-8", "HOSTNAME": str(pod["metadata"]["name"])}
    if setting.layout.around is None:
        env |= {"PATH": ":".join([*first, os.environ.get("PATH") or SYSTEM_PATH])}
        env |= {"HOME": root, "TMPDIR": root}
    else:
        # A busybox stands at /bin, where its images have it.
        early = ["/bin"] if "busybox" in found.tools else []
        env |= {"PATH": ":".join([*first, *early, SYSTEM_PATH]), "HOME": "/root"}
    return env | dict(found.env)


def _argo(
    raw: Mapping[str, Any], work: PodWork, ref: WorkRef, setting: Setting, root: str
) -> dict[str, str]:
    """Argo's own variables. Argo: 3.1."""
    sandboxed = setting.layout.around is not None
    env = {
        "ARGO_CONTAINER_NAME": str(raw["name"]),
        "ARGO_NODE_ID": ref.node_id,
        "ARGO_WORKFLOW_NAME": setting.workflow_name,
        "ARGO_POD_NAME": ref.pod_name,
        "ARGO_INCLUDE_SCRIPT_OUTPUT": "true" if work.capture_result else "false",
        "ARGO_PROGRESS_FILE": _PROGRESS if sandboxed else f"{root}/progress",
    }
    return env if sandboxed else {**env, MARK: f"{setting.run_id}.{ref.key}."}


def _command(
    raw: Mapping[str, Any], image: str, found: StandIn, env: Mapping[str, str]
) -> list[str]:
    """Command and args as a kubelet puts them together with the image's own."""
    command = [expand(str(word), env) for word in raw.get("command") or ()]
    args = [expand(str(word), env) for word in raw.get("args") or ()]
    if not command:
        command = list(found.entrypoint)
        if raw.get("args") is None:
            command += found.command
    argv = [*command, *args]
    if not argv:
        known = "has no entrypoint here" if found.known else "is not known to the local runtime"
        raise RuntimeFault(
            f"image {image or '(none)'} {known}, and the container names no command: give it a "
            f"`command`, an entry in the image table, or use --runtime kubernetes"
        )
    _check_program(argv[0], image, found, env)
    return argv


def _check_program(command: str, image: str, found: StandIn, env: Mapping[str, str]) -> None:
    missing = "/" not in command and shutil.which(command, path=_host_path(env["PATH"])) is None
    wanted = found.program == command or (found.program and not found.known)
    if missing and (wanted or not found.known) and not _is_tool(command, found):
        raise RuntimeFault(
            f"image {image}: this machine has no `{command}` to stand in for the image's; install "
            f"it, name one in the image table, or use another runtime (--runtime kubernetes)"
        )


def _is_tool(command: str, found: StandIn) -> bool:
    return "python" in found.tools and command in ("python", "python3")


def _host_path(search: str) -> str:
    return ":".join(place for place in search.split(":") if not place.startswith(INNER_TOOLS))


def _note(found: StandIn, image: str, argv: list[str], env: Mapping[str, str]) -> str:
    if not found.known:
        return f"image {image} is not known here: ran {argv[0]} of this machine"
    if "busybox" in found.tools and shutil.which("busybox") is None:
        return "busybox is not installed: sh of this machine stands in"
    return ""


def _links(found: StandIn, image: str, layout: Layout) -> dict[str, str]:
    if layout.around is None:
        return {}
    links = {}
    if "bin" in layout.around["links"] and layout.tool_path(found.tools[:1]) == [
        f"{INNER_TOOLS}/busybox"
    ]:
        links["bin"] = f"{INNER_TOOLS}/busybox"
    if "/argosay" in found.entrypoint:
        links["argosay"] = f"{INNER_TOOLS}/argosay"
    return links


def _guard() -> list[str]:
    """Where it can be had: a plain process dies with its supervisor."""
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", "KILL", "--"] if found else []


def _readiness(raw: Mapping[str, Any], env: Mapping[str, str]) -> dict[str, Any] | None:
    probe = raw.get("readinessProbe")
    if not probe:
        return None
    http, tcp = probe.get("httpGet") or {}, probe.get("tcpSocket") or {}
    command = (probe.get("exec") or {}).get("command") or []
    ports = {str(p.get("name")): p.get("containerPort") for p in raw.get("ports") or ()}
    port = str((http or tcp).get("port") or 0)
    number = str(ports.get(port, port))
    if not number.isdigit():
        raise RuntimeFault(f"readinessProbe: {port!r} is no port of the container")
    return {
        "command": [str(word) for word in command],
        "host": str((http or tcp).get("host") or ADDRESS),
        "port": int(number),
        "path": str(http.get("path") or "/") if http else "",
        "tls": str(http.get("scheme") or "").upper() == "HTTPS",
        "headers": {str(h["name"]): str(h["value"]) for h in http.get("httpHeaders") or ()},
        "delay": float(probe.get("initialDelaySeconds") or 0),
        # A kubelet looks once a period of 10 s; nobody wants to wait for that at home.
        "period": min(1.0, float(probe.get("periodSeconds") or 10)),
        "timeout": float(probe.get("timeoutSeconds") or 1),
        "successes": int(probe.get("successThreshold") or 1),
        "failures": int(probe.get("failureThreshold") or 3),
    }


def _ref_json(ref: WorkRef) -> dict[str, Any]:
    return {
        "run_id": ref.run_id,
        "node_name": ref.node_name,
        "node_id": ref.node_id,
        "attempt": ref.attempt,
        "pod_name": ref.pod_name,
    }


def _check_names(plan: Mapping[str, Any]) -> None:
    names = [spec["name"] for spec in plan["containers"]]
    for name in names:
        if not re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name):
            raise RuntimeFault(f"{name!r} cannot be the name of a container")
    for each in [*plan["stage"], *plan["collect"]]:
        if each["container"] not in names:
            raise RuntimeFault(f"{each['path']}: the pod has no container {each['container']!r}")


def _check_mountpoints(plan: Mapping[str, Any], layout: Layout) -> None:
    """A mount below a read-only system folder needs a place there; /etc is ours to add to."""
    for spec in plan["containers"]:
        for host, path, _ in spec["binds"]:
            if path.startswith("/etc/"):
                _make_place(layout.etc, path.removeprefix("/etc/"), plan["volumes"], host)
            elif is_system(path) and not os.path.exists(path):
                raise RuntimeFault(
                    f"mountPath {path}: this machine has no such folder, and system folders are "
                    "read-only in the sandbox; mount it elsewhere"
                )


def _make_place(etc: Path, inner: str, volumes: list[dict[str, Any]], host: str) -> None:
    place = etc / inner
    if place.exists():
        return
    files = {f"{v['folder']}/{name}" for v in volumes for name, _, _ in v["files"]}
    if host in files:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    else:
        place.mkdir(parents=True, exist_ok=True)


def _rewrite_paths(plan: dict[str, Any]) -> None:
    """Without mounts a path of the pod means a folder of the run: say so in every text.

    Staged files that no volume holds get a folder of their own.
    """
    for spec in plan["containers"]:
        mine = [each for each in plan["stage"] if each["container"] == spec["name"]]
        for each in mine:
            parent = posixpath.dirname(posixpath.normpath(each["path"]))
            inside = any(each["path"].startswith(f"{path}/") for _, path, _ in spec["binds"])
            if not inside and parent != "/":
                spec["binds"].append([f"{spec['root']}/staged{parent}", parent, False])
        table = {path: host for host, path, _ in spec["binds"] if host != path}
        spec["argv"] = [_rewritten(word, table) for word in spec["argv"]]
        spec["env"] = {
            k: _rewritten(v, table) if k != "PATH" else v for k, v in spec["env"].items()
        }
        spec["cwd"] = _rewritten(spec["cwd"], table)
        if not os.path.isdir(spec["cwd"]) and spec["cwd"] not in table.values():
            spec["cwd"] = spec["root"]
        for each in mine:
            each["content"] = _rewritten(each["content"], table)
    _rewrite_argosay(plan)


def _rewrite_argosay(plan: dict[str, Any]) -> None:
    tools = os.path.join(os.path.dirname(os.path.dirname(plan["folder"])), "tools")
    for spec in plan["containers"]:
        spec["argv"] = [f"{tools}/argosay" if w == "/argosay" else w for w in spec["argv"]]


def _rewritten(text: str, table: Mapping[str, str]) -> str:
    if not table:
        return text
    paths = "|".join(re.escape(path) for path in sorted(table, key=len, reverse=True))
    return re.sub(rf"(?<![\w.\-/])({paths})(?![\w.\-])", lambda m: table[m[1]], text)
