"""The house's law: who may import whom, held against the table in argotui/ARCHITECTURE.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "argotui"
PURE = ("model", "expr", "manifest", "pods", "engine", "templates", "forecast", "graph", "locks")
# What a pure room has no use for: it knows no clock, no dice, no machine.
WORLD = frozenset(
    (
        *("asyncio", "time", "random", "threading", "os", "subprocess", "socket", "secrets"),
        *("uuid", "signal", "shutil", "tempfile"),
    )
)
ONLY_IN = {
    "textual": ("tui",),
    "kubernetes": ("runtimes.kubernetes",),
    "obstore": ("runtimes.stores",),
}
OUTSIDE = ("__init__", "__main__")  # the package itself and its entry


def the_table() -> dict[str, list[str]]:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| *([\w. ]*?) *\|$", text, re.MULTILINE)
    return {room: allowed.split() for room, allowed in rows if room != "room"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every import in the file, also those inside functions and under TYPE_CHECKING."""
    package = ["argotui", *path.relative_to(ROOT).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                for alias in node.names:
                    yield node.lineno, alias.name
            case ast.ImportFrom():
                above = package[: len(package) - node.level + 1] if node.level else []
                module = ".".join([*above, *([node.module] if node.module else [])])
                # `from argotui.driver import port` names a module by its second half.
                for alias in node.names:
                    full = f"{module}.{alias.name}"
                    yield node.lineno, full if is_module(full) else module


def is_module(name: str) -> bool:
    if not name.startswith("argotui."):
        return False
    path = ROOT.joinpath(*name.split(".")[1:])
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def is_allowed(name: str, room: str, allowed: list[str]) -> bool:
    inner = name.removeprefix("argotui").removeprefix(".")
    if not inner or inner.split(".")[0] == room or "everything" in allowed:
        return True
    return any(inner == entry or inner.startswith(f"{entry}.") for entry in allowed)


FILES = sorted(ROOT.rglob("*.py"))


def test_every_room_is_in_the_table():
    rooms = {module_name(path).split(".")[0] for path in FILES}
    assert rooms - set(OUTSIDE) == set(the_table())


@pytest.mark.parametrize("room", the_table())
def test_a_room_imports_only_what_the_table_allows(room):
    allowed = the_table()[room]
    wrong = [
        f"{path.relative_to(ROOT.parent)}:{line}: {name}"
        for path in FILES
        if module_name(path).split(".")[0] == room
        for line, name in imports_of(path)
        if name.split(".")[0] == "argotui" and not is_allowed(name, room, allowed)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_knows_no_clock_no_dice_and_no_machine(room):
    wrong = [
        f"{path.relative_to(ROOT.parent)}:{line}: {name}"
        for path in FILES
        if module_name(path).split(".")[0] == room
        for line, name in imports_of(path)
        if name.split(".")[0] in WORLD
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", ONLY_IN)
def test_a_heavy_package_stays_in_its_room(package):
    homes = ONLY_IN[package]
    wrong = [
        f"{path.relative_to(ROOT.parent)}:{line}"
        for path in FILES
        for line, name in imports_of(path)
        if name.split(".")[0] == package
        and not any(f"{module_name(path)}.".startswith(f"{home}.") for home in homes)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_judge_sees_a_lazy_import_and_a_forbidden_one(tmp_path):
    """So that the tests above can fail."""
    assert not is_allowed("argotui.engine.core", "tui", ["model", "driver.port", "logs"])
    assert not is_allowed("argotui.driver.driven", "tui", ["model", "driver.port", "logs"])
    assert is_allowed("argotui.driver.port", "tui", ["model", "driver.port", "logs"])
    lazy = ROOT / "__main__.py"
    assert "argotui.cli.app" in [name for _, name in imports_of(lazy)]
