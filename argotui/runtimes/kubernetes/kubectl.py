"""What the flags of a resource template ask for, as kubectl would read them; pure. Argo: 3.6.

Called by resources.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from argotui.model.errors import RuntimeFault

_SHORT = {
    "-n": "--namespace",
    "-p": "--patch",
    "-f": "--filename",
    "-o": "--output",
    "-l": "--selector",
}
_WITH_VALUE = frozenset(
    (
        *("--namespace", "--patch", "--type", "--field-manager", "--cascade", "--grace-period"),
        *("--subresource", "--output", "--timeout", "--filename", "--selector", "--dry-run"),
        *("--validate", "--patch-file", "--context", "--kubeconfig", "--propagation-policy"),
    )
)
_SWITCHES = frozenset(
    (
        *("--ignore-not-found", "--force", "--force-conflicts", "--server-side", "--wait"),
        *("--validate", "--overwrite", "--save-config", "--record", "--now", "--dry-run"),
        *("--allow-missing-template-keys", "--show-managed-fields", "--insecure-skip-tls-verify"),
    )
)
_REFUSED = frozenset(("--filename", "--context", "--kubeconfig", "--patch-file"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """`values` by long name, `switches` those that are on, `words` what is no flag."""

    values: dict[str, str] = field(default_factory=dict)
    switches: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    @property
    def target(self) -> tuple[str, str] | None:
        """The (type, name) that the words name: `TYPE NAME` or `TYPE/NAME`."""
        words = self.words[0].split("/", 1) if len(self.words) == 1 else list(self.words)
        return (words[0], words[1]) if len(words) == 2 else None

    @property
    def kind(self) -> str:
        """The type that `TYPE --selector LABELS` is about, empty where objects are named."""
        alone = len(self.words) == 1 and "/" not in self.words[0] and "--selector" in self.values
        return self.words[0] if alone else ""

    @property
    def dry_run(self) -> bool:
        return self.values.get("--dry-run", "") == "server" or "--dry-run" in self.switches

    @property
    def waits(self) -> bool:
        return self.values.get("--wait", "true") != "false"


def read_flags(flags: Sequence[str]) -> Flags:
    """Raises RuntimeFault for a flag that would be ignored otherwise."""
    values: dict[str, str] = {}
    switches: set[str] = set()
    words = []
    todo = list(flags)
    while todo:
        flag = todo.pop(0)
        if not flag.startswith("-") or flag == "-":
            words.append(flag)
            continue
        name, equals, value = flag.partition("=")
        name = _SHORT.get(name, name)
        if name in _REFUSED:
            raise RuntimeFault(f"the flag {name} of kubectl is not supported in resource templates")
        if equals and name in _WITH_VALUE | _SWITCHES:
            _put(name, value, values, switches)
        elif name in _SWITCHES:
            switches.add(name)
        elif name in _WITH_VALUE and todo:
            values[name] = todo.pop(0)
        else:
            raise RuntimeFault(f"the flag {flag} is not one of kubectl that is supported here")
    return Flags(values=values, switches=frozenset(switches), words=tuple(words))


def _put(name: str, value: str, values: dict[str, str], switches: set[str]) -> None:
    if value == "true" and name in _SWITCHES:
        switches.add(name)
    else:
        values[name] = value
