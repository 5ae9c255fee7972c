"""A container's environment as a kubelet makes it: envFrom, env, valueFrom, and `$(NAME)`.

Called by plan.
"""

from __future__ import annotations

import base64
import binascii
import math
import os
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from argotui.model.errors import RuntimeFault

ADDRESS = "127.0.0.1"
_QUANTITY = re.compile(r"([0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)")
_UNITS = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    "k": Decimal(1000),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("MGTPE", 2)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}
_FIELD = re.compile(r"metadata\.(labels|annotations)\['(.*)'\]")

Objects = Mapping[str, Mapping[str, Any]]
Sources = Mapping[str, Objects]  # "configMap" and "secret": objects by name


def expand(text: str, values: Mapping[str, str]) -> str:
    """Replace `$(NAME)` by its value and `$$` by `$`; an unknown name stays as it is.

    So a shell's `$$` must be written `$$$$`, as in every pod of Kubernetes.
    """
    found = []
    at = 0
    while (dollar := text.find("$", at)) >= 0 and dollar + 1 < len(text):
        found.append(text[at:dollar])
        at = dollar + 2
        close = text.find(")", at) if text[dollar + 1] == "(" else -1
        if close >= 0:
            found.append(values.get(text[at:close], text[dollar : close + 1]))
            at = close + 1
        elif text[dollar + 1] == "$":
            found.append("$")
        else:
            found.append(text[dollar:at])
    return "".join(found) + text[at:]


def environment(
    container: Mapping[str, Any], pod: Mapping[str, Any], sources: Sources, base: Mapping[str, str]
) -> dict[str, str]:
    """Return all variables. Raises RuntimeFault where a reference leads nowhere."""
    values = dict(base)
    for source in container.get("envFrom") or ():
        values.update(_all_of(source, sources))
    for each in container.get("env") or ():
        name = str(each["name"])
        if each.get("valueFrom"):
            value = _value_from(each["valueFrom"], container, pod, sources)
            if value is not None:
                values[name] = value
        else:
            values[name] = expand(str(each.get("value") or ""), values)
    return values


def object_data(
    kind: str, name: str, sources: Sources, *, optional: bool
) -> dict[str, bytes] | None:
    """Return all entries of a ConfigMap or Secret; None if it is not there and need not be.

    `kind` is configMap or secret. Raises RuntimeFault.
    """
    found = sources[kind].get(name)
    if found is None:
        if optional:
            return None
        word = {"configMap": "configmap", "secret": "secret"}[kind]
        raise RuntimeFault(f'{word} "{name}" not found: give its manifest along with the workflow')
    return _decoded(kind, name, found)


def field_value(path: str, pod: Mapping[str, Any]) -> str:
    """Return a field of the pod itself (downward API). Raises RuntimeFault."""
    metadata, spec = pod.get("metadata") or {}, pod.get("spec") or {}
    if match := _FIELD.fullmatch(path):
        return str((metadata.get(match[1]) or {}).get(match[2], ""))
    known: dict[str, Callable[[], str]] = {
        "metadata.name": lambda: str(metadata.get("name", "")),
        "metadata.namespace": lambda: str(metadata.get("namespace") or "default"),
        "metadata.uid": lambda: str(metadata.get("uid", "")),
        "metadata.labels": lambda: _lines(metadata.get("labels") or {}),
        "metadata.annotations": lambda: _lines(metadata.get("annotations") or {}),
        "spec.nodeName": lambda: os.uname().nodename,
        "spec.serviceAccountName": lambda: str(spec.get("serviceAccountName") or "default"),
        "status.podIP": lambda: ADDRESS,
        "status.podIPs": lambda: ADDRESS,
        "status.hostIP": lambda: ADDRESS,
        "status.hostIPs": lambda: ADDRESS,
    }
    if path not in known:
        raise RuntimeFault(f"fieldRef {path}: no such field of a pod")
    return known[path]()


def resource_value(reference: Mapping[str, Any], containers: Mapping[str, Any]) -> str:
    """Return a limit or request, that of the machine where none is set. Raises RuntimeFault."""
    container = containers.get(reference.get("containerName", ""), containers.get("", {}))
    kind, _, name = str(reference.get("resource", "")).partition(".")
    resources = container.get("resources") or {}
    asked = (resources.get(kind) or {}).get(name)
    if asked is None and kind == "requests":
        asked = (resources.get("limits") or {}).get(name)
    amount = quantity(str(asked)) if asked is not None else _machine(name)
    divisor = quantity(str(reference.get("divisor") or "1")) or Decimal(1)
    return str(math.ceil(amount / divisor))


def quantity(text: str) -> Decimal:
    """Return the number that a Kubernetes quantity (`100m`, `64Mi`) stands for."""
    match = _QUANTITY.fullmatch(text.strip())
    if not match or match[2] not in _UNITS:
        raise RuntimeFault(f"{text!r} is no quantity")
    try:
        return Decimal(match[1]) * _UNITS[match[2]]
    except InvalidOperation as error:
        raise RuntimeFault(f"{text!r} is no quantity") from error


def _machine(name: str) -> Decimal:
    if name == "cpu":
        return Decimal(os.cpu_count() or 1)
    if name == "memory":
        return Decimal(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return Decimal(0)


def _lines(table: Mapping[str, Any]) -> str:
    return "\n".join(f'{key}="{value}"' for key, value in sorted(table.items()))


def _decoded(kind: str, name: str, found: Mapping[str, Any]) -> dict[str, bytes]:
    data: dict[str, bytes] = {}
    try:
        plain, coded = ("data", "binaryData") if kind == "configMap" else ("stringData", "data")
        for key, value in (found.get(coded) or {}).items():
            data[str(key)] = base64.b64decode("".join(str(value).split()), validate=True)
        for key, value in (found.get(plain) or {}).items():
            data[str(key)] = str(value).encode()
    except (binascii.Error, ValueError) as error:
        raise RuntimeFault(f"{kind} {name!r}: an entry of `{coded}` is not base64") from error
    return data


def _all_of(source: Mapping[str, Any], sources: Sources) -> dict[str, str]:
    prefix = str(source.get("prefix") or "")
    for kind in ("configMap", "secret"):
        if reference := source.get(f"{kind}Ref"):
            optional = bool(reference.get("optional"))
            data = object_data(kind, str(reference.get("name")), sources, optional=optional)
            return {f"{prefix}{key}": _text(value) for key, value in (data or {}).items()}
    return {}


def _value_from(
    wanted: Mapping[str, Any],
    container: Mapping[str, Any],
    pod: Mapping[str, Any],
    sources: Sources,
) -> str | None:
    if reference := wanted.get("fieldRef"):
        return field_value(str(reference.get("fieldPath")), pod)
    if reference := wanted.get("resourceFieldRef"):
        return resource_value(reference, {"": container})
    for kind in ("configMap", "secret"):
        if reference := wanted.get(f"{kind}KeyRef"):
            return _key(kind, reference, sources)
    raise RuntimeFault(f"valueFrom {', '.join(wanted)}: not known to the local runtime")


def _key(kind: str, reference: Mapping[str, Any], sources: Sources) -> str | None:
    name, key = str(reference.get("name")), str(reference.get("key"))
    optional = bool(reference.get("optional"))
    data = object_data(kind, name, sources, optional=optional)
    if data is None or (key not in data and optional):
        return None
    if key not in data:
        raise RuntimeFault(f"couldn't find key {key} in {kind} {name}")
    return _text(data[key])


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape").partition("\0")[0]
