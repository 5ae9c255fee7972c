"""Looking into JSON whose shape nobody has checked. Called all over manifest/."""

from __future__ import annotations

from typing import Any


def mapping(value: Any) -> dict[str, Any]:
    """Return the value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: Any) -> list[dict[str, Any]]:
    """Return the items of a list, each as a mapping; places are kept."""
    return [mapping(item) for item in items(value)]


def at_path(value: Any, path: tuple[str | int, ...]) -> Any:
    """Return what stands at a path, None if there is nothing."""
    for part in path:
        match value:
            case dict():
                value = value.get(part)
            case list() if isinstance(part, int) and 0 <= part < len(value):
                value = value[part]
            case _:
                return None
    return value
