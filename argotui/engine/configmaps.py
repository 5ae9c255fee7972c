"""Keys of ConfigMaps as values of parameters. Argo: 2.2.

Called by invocation and run. What came with the manifest is known; anything else the driver looks
up when a node needs it, as an earlier step may have made or changed it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from argotui.engine.core import Core, HardError
from argotui.model.commands import Ask
from argotui.model.sought import ANNOTATION_READ

_LABEL = "workflows.argoproj.io/configmap-type"
_ANSWER, _FAULT = "answer/", "fault/"


class NotRead(HardError):
    """The driver has been asked: whoever needs the value is looked at again with its answer."""


class Unreadable(HardError):
    """It cannot be learnt what there is: a default is for what is known not to be there."""


def known_value(core: Core, ref: Mapping[str, Any]) -> str | HardError:
    """Return a key of a ConfigMap that was there as the run began, or why not."""
    name, key = str(ref.get("name", "")), str(ref.get("key", ""))
    found = core.wf.config_maps.get(name)
    if found is None:
        return _no_such(name)
    data = found.get("data") or {}
    labels = (found.get("metadata") or {}).get("labels") or {}
    return _value(name, key, labels, None if key not in data else str(data[key]))


def value_now(core: Core, ref: Mapping[str, Any], node: str) -> str | HardError:
    """Return a key of a ConfigMap as it is when `node` needs it, or why not. Raises NotRead and
    Unreadable."""
    name, key = str(ref.get("name", "")), str(ref.get("key", ""))
    found = core.wf.config_maps.get(name)
    annotations = (found or {}).get("metadata", {}).get("annotations") or {}
    if found is not None and ANNOTATION_READ not in annotations:
        return known_value(core, ref)
    subject = f"{name}/{key}"
    question = f"{node}:ConfigMap/{subject}"
    if fault := core.state.memory.get(_FAULT + question):
        raise Unreadable(str(fault))
    answer = core.state.memory.get(_ANSWER + question)
    if answer is None:
        if question not in core.asked:
            core.asked[question] = node
            core.commands.append(Ask(question=question, kind="config-map", subject=subject))
        core.awaited_answers.add(question)
        raise NotRead(str(_no_such(name)))
    if not answer:
        return _no_such(name)
    return _value(name, key, json.loads(answer["labels"]), answer.get("value"))


def _value(name: str, key: str, labels: Mapping[str, Any], value: str | None) -> str | HardError:
    if labels.get(_LABEL) != "Parameter":
        return _no_such(name)
    if value is None:
        return HardError(f"ConfigMap '{name}' does not have the key '{key}'")
    return value


def _no_such(name: str) -> HardError:
    return HardError(
        f"ConfigMap '{name}' does not exist. Please make sure it has the label {_LABEL}: "
        "Parameter to be detectable by the controller"
    )
