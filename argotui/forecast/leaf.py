"""What a plan says of a template that calls no other: its image, its pod, what it waits for.

Called by forecast.walk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from argotui.engine.core import Core
from argotui.engine.invocation import Bound, Invocation
from argotui.model.bodies import HttpBody, ResourceBody, SuspendBody
from argotui.model.manifest import JsonObject, Template
from argotui.pods.build import build_pod
from argotui.pods.request import PodError, PodRequest

_PODS = frozenset({"container", "script", "containerSet"})


def pod_of(
    core: Core, inv: Invocation, bound: Bound, boundary: Template | None
) -> tuple[JsonObject | None, str]:
    """Return the manifest of the pod that would be made; the text says why there is none."""
    template, run = bound.template, core.state.run
    if template.kind not in _PODS:
        return None, ""
    request = PodRequest(
        template=template,
        spec=core.spec,
        node_name=inv.name,
        node_id="{{node.id}}" if "{{" in inv.name else core.node_id(inv.name),
        pod_name=_pod_name(core, inv, template),
        run_id="{{run.id}}",
        workflow_name=run.name,
        namespace=run.namespace,
        boundary=boundary,
        on_exit=inv.on_exit,
        deadline_seconds=_deadline(template),
        capture_result=inv.capture_result,
    )
    try:
        return build_pod(request).pod, ""
    except PodError as error:
        return None, error.text


def _pod_name(core: Core, inv: Invocation, template: Template) -> str:
    """A pod is named after its node: known once the workflow's name is."""
    if "{{" in inv.name:
        return "{{pod.name}}"
    return core.pod_name(inv.name, template.name)


def _deadline(template: Template) -> float | None:
    text = str(template.active_deadline_seconds or "")
    return float(text) if text.isdecimal() else None


def images_of(pod: JsonObject | None, template: Template) -> tuple[str, ...]:
    """Return the images of the pod's containers, each once."""
    if pod is not None:
        found = [str(each.get("image", "")) for each in pod["spec"].get("containers", ())]
    else:
        found = [str((getattr(template.body, "extra", None) or {}).get("image", ""))]
    return tuple(dict.fromkeys(image for image in found if image))


def resources_of(pod: JsonObject | None) -> str:
    """Return what the containers ask for, in a few words: `cpu 500m, memory 1Gi`."""
    said: list[str] = []
    for container in (pod or {}).get("spec", {}).get("containers", ()):
        resources = container.get("resources")
        if isinstance(resources, Mapping):
            said += _asked(resources)
    return ", ".join(dict.fromkeys(said))


def _asked(resources: Mapping[str, Any]) -> Iterator[str]:
    requests, limits = (resources.get(key) or {} for key in ("requests", "limits"))
    if not isinstance(requests, Mapping) or not isinstance(limits, Mapping):
        return
    for name in dict.fromkeys((*requests, *limits)):
        low, high = requests.get(name), limits.get(name)
        if low is not None and high is not None and str(low) != str(high):
            yield f"{name} {low}-{high}"
        else:
            yield f"{name} {low if low is not None else high}"


def notes_of(core: Core, template: Template) -> Iterator[str]:
    """Yield what holds a node back, ends it or repeats it, in words for people."""
    yield from _of_body(template)
    strategy = template.retry_strategy or core.spec.retry_strategy
    if strategy is not None:
        limit = "without limit" if strategy.limit is None else f"up to {strategy.limit} times"
        yield f"retried {limit}" + (f" ({strategy.retry_policy})" if strategy.retry_policy else "")
    if template.timeout:
        yield f"timeout {template.timeout}"
    if template.active_deadline_seconds is not None:
        yield f"deadline {template.active_deadline_seconds}s"
    if template.daemon:
        yield "daemon"
    if template.parallelism is not None:
        yield f"{template.parallelism} at a time"
    if template.memoize is not None:
        yield f"result kept under '{template.memoize.key}'"
    if template.synchronization is not None:
        yield from _locks(template.synchronization)


def _locks(wanted: Any) -> Iterator[str]:
    for mutex in wanted.mutexes:
        yield f"waits for mutex '{mutex.get('name', '')}'"
    for semaphore in wanted.semaphores:
        ref = semaphore.get("configMapKeyRef")
        ref = ref if isinstance(ref, Mapping) else {}
        yield f"waits for semaphore '{ref.get('name', '')}/{ref.get('key', '')}'"


def _of_body(template: Template) -> Iterator[str]:
    match template.body:
        case SuspendBody(duration=duration):
            yield f"waits {duration}" if duration else "waits for approval"
        case HttpBody() as body:
            yield f"{body.method or 'GET'} {body.url}"
        case ResourceBody(action=action):
            yield f"{action} an object of the cluster"
        case _ if template.kind == "data":
            yield "lists the keys of an artifact store"
        case _ if template.kind == "plugin":
            yield "argotui runs no executor plugins"
