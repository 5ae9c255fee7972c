"""Who hears the signals in a pod: never the user's command as process 1; pure. Argo: 1.6, 3.1.

Called by shim.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from argotui.runtimes.kubernetes.script import relay_text
from argotui.runtimes.kubernetes.shells import shell_of

TERMINATION_LOG = "/dev/termination-log"


def say_first(container: dict[str, Any], shell_words: Sequence[str], text: str) -> None:
    """Put a script before the command, which becomes its arguments."""
    # A kubelet reads $(NAME) and $$ in commands; the user's words it must read, ours it must not.
    words = [*shell_words, "-c", text.replace("$", "$$"), "argotui"]
    container["command"] = [*words, *container["command"]]


def relay(container: dict[str, Any]) -> None:
    """Let a shell be process 1 instead of the command, where there is one."""
    shell = shell_of(container)
    if shell and container.get("command"):
        message = container.get("terminationMessagePath") or TERMINATION_LOG
        say_first(container, [shell], relay_text(message))


def hear_signals(spec: dict[str, Any], shimmed: Collection[str]) -> None:
    """Take care of the mains without a shim.

    Argo's commands are never process 1, which hears no signal that it does not ask for: not one of
    its own (it would end with 0), not the kubelet's (it would end late, with 137). A container
    alone in its pod stays as it is, with the pod's pause as process 1; several would see each
    other's processes then.
    """
    helpers = (each.get("restartPolicy") for each in spec.get("initContainers") or ())
    is_alone = len(spec["containers"]) == 1 and "Always" not in helpers
    for container in spec["containers"]:
        if container["name"] in shimmed:
            continue
        if not is_alone or spec.get("hostPID"):
            relay(container)
        elif not _is_for_windows(spec):
            spec.setdefault("shareProcessNamespace", True)


def _is_for_windows(spec: Mapping[str, Any]) -> bool:
    named = (spec.get("os") or {}).get("name")
    return "windows" in (named, (spec.get("nodeSelector") or {}).get("kubernetes.io/os"))
