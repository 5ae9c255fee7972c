"""A shell in what is left of a step: its private root, volumes and environment, as it ran.

Called by bootstrap for `argotui shell`. Failed steps keep their roots until the run is deleted.
"""

from __future__ import annotations

import os
import subprocess
from collections import ChainMap
from collections.abc import Mapping, Sequence
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.model.work import PodWork, WorkRef
from argotui.runtimes.local.doctor import find_sandbox
from argotui.runtimes.local.layout import make_layout
from argotui.runtimes.local.plan import Setting, make_plan
from argotui.runtimes.local.sandbox import options_file, pin_sub_paths, sandbox_options
from argotui.runtimes.port import RunPlace

SHELL = ("/bin/sh",)


def open_shell(
    place: RunPlace,
    ref: WorkRef,
    work: PodWork,
    *,
    container: str = "",
    sandbox: str = "auto",
    images: Mapping[str, Mapping[str, Any]] | None = None,
    command: Sequence[str] = SHELL,
) -> int:
    """Run a shell where `container` (default: the first main one) ran; return its exit code.

    Raises RuntimeFault where nothing of the step is left, or no such container was.
    """
    folder = (place.work / "local").absolute()
    program = find_sandbox().program if sandbox == "auto" else None
    if program == "":
        raise RuntimeFault(find_sandbox().problem)
    setting = Setting(
        run_id=place.run_id,
        workflow_name=place.workflow_name,
        namespace=place.namespace,
        work=folder,
        logs=place.logs.absolute(),
        layout=make_layout(folder, program),
        sources={
            "configMap": ChainMap(dict(place.config_maps)),
            "secret": ChainMap(dict(place.secrets)),
        },
        images=dict(images or {}),
    )
    plan = make_plan(ref, work, setting)
    spec = _container(plan, container or work.mains[0])
    if not os.path.isdir(spec["root"]):
        raise RuntimeFault(
            "nothing is left of this step: only steps that run or failed keep their files"
        )
    if setting.layout.around is None:
        return subprocess.run(
            list(command), env=spec["env"], cwd=spec["root"], check=False
        ).returncode
    return _inside(setting.layout.around, spec, command)


def _container(plan: Mapping[str, Any], name: str) -> dict[str, Any]:
    specs: list[dict[str, Any]] = plan["containers"]
    for spec in specs:
        if spec["name"] == name:
            return spec
    names = ", ".join(str(spec["name"]) for spec in specs)
    raise RuntimeFault(f"the step has no container '{name}'; it has: {names}")


def _inside(around: dict[str, Any], spec: dict[str, Any], command: Sequence[str]) -> int:
    pinned = pin_sub_paths(spec)
    options = options_file(sandbox_options(around, spec, pinned))
    given = (options, *pinned.values())
    try:
        arguments = [around["program"], "--args", str(options), "--", *command]
        return subprocess.run(arguments, pass_fds=given, env={}, check=False).returncode
    finally:
        for handle in given:
            os.close(handle)
