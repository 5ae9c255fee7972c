"""What a pod takes from template, boundary and spec: identity, scheduling, network. Argo: 3.1.

Called by pods.build.
"""

from __future__ import annotations

import math
from typing import Any

from argotui.pods.plain import an_object, first_given, items
from argotui.pods.request import PodRequest

_INHERITED = ("nodeSelector", "affinity", "tolerations")  # template > boundary > spec, replaced
_OVERRIDDEN = ("serviceAccountName", "securityContext", "schedulerName", "resourceClaims")
_SPEC_ONLY = ("hostNetwork", "dnsPolicy", "dnsConfig", "imagePullSecrets")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_HOST_LABEL = "kubernetes.io/hostname"


def pod_settings(request: PodRequest) -> dict[str, Any]:
    """Return all of the pod spec that is neither container nor volume."""
    template, spec = request.template.extra, request.spec.extra
    boundary = request.boundary.extra if request.boundary is not None else {}
    settings: dict[str, Any] = {"restartPolicy": "Never"}
    for key in _INHERITED:
        settings[key] = first_given((template.get(key), boundary.get(key), spec.get(key)))
    for key in _OVERRIDDEN:
        settings[key] = first_given((template.get(key), spec.get(key)))
    for key in _SPEC_ONLY:
        settings[key] = first_given((spec.get(key),))
    settings["automountServiceAccountToken"] = _automount(request)
    settings["priorityClassName"] = first_given(
        (template.get("priorityClassName"), spec.get("podPriorityClassName"))
    )
    settings["priority"] = template.get("priority")
    settings["resources"] = first_given((template.get("podResources"), spec.get("podResources")))
    settings["hostAliases"] = [
        alias
        for source in (spec, template)
        for alias in items(source.get("hostAliases"), "hostAliases")
    ]
    settings["activeDeadlineSeconds"] = deadline_setting(request.deadline_seconds)
    settings["affinity"] = _avoiding(settings["affinity"], request.failed_hosts)
    return {key: value for key, value in settings.items() if value is not None and value != []}


def _automount(request: PodRequest) -> bool | None:
    own = request.template.extra.get("automountServiceAccountToken")
    return own if own is not None else request.spec.extra.get("automountServiceAccountToken")


def deadline_setting(seconds: float | None) -> int | None:
    """Return a limit as Kubernetes takes it: in whole seconds, at least one."""
    return None if seconds is None else max(1, math.ceil(seconds))


def _avoiding(affinity: Any, hosts: tuple[str, ...]) -> Any:
    """Return `affinity` with the hosts of failed attempts forbidden. Argo: 4.4.

    The terms of a node affinity are alternatives, so that each of them must forbid the hosts.
    """
    if not hosts:
        return affinity
    rule = {"key": _HOST_LABEL, "operator": "NotIn", "values": sorted(set(hosts))}
    affinity = an_object(affinity, "affinity")
    node = an_object(affinity.get("nodeAffinity"), "affinity.nodeAffinity")
    required = an_object(node.get(_REQUIRED), _REQUIRED)
    terms = items(required.get("nodeSelectorTerms"), "nodeSelectorTerms") or [{}]
    forbidding = [_with_rule(an_object(term, "nodeSelectorTerms"), rule) for term in terms]
    node[_REQUIRED] = {**required, "nodeSelectorTerms": forbidding}
    return {**affinity, "nodeAffinity": node}


def _with_rule(term: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    rules = items(term.get("matchExpressions"), "matchExpressions")
    return {**term, "matchExpressions": [*rules, dict(rule)]}
