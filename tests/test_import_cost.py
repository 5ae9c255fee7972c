"""What a command does not need, it does not load: start-up time is the sum of imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("textual", "kubernetes", "pydantic")
WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: hi-}
spec:
  entrypoint: main
  templates:
  - name: main
    suspend: {duration: "0"}
"""
PROBE = """
import sys
sys.argv[1:] = {arguments!r}
from argotui.__main__ import main
code = main()
print("LOADED", *sorted({{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
sys.exit(code)
"""


def loaded_by(*arguments: str, tmp_path: Path) -> tuple[int, set[str], str]:
    """Run a command line in a fresh interpreter; return its code and the packages it loaded."""
    environment = {
        **os.environ,
        "ARGOTUI_STATE_DIR": str(tmp_path / "state"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "ARGOTUI_CONFIG": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=list(arguments))],
        capture_output=True,
        text=True,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    line = next(line for line in done.stderr.splitlines()[::-1] if line.startswith("LOADED"))
    return done.returncode, set(line.split()[1:]), done.stderr


@pytest.fixture
def manifest(tmp_path):
    path = tmp_path / "hi.yaml"
    path.write_text(WORKFLOW)
    return str(path)


def test_the_version_loads_nothing(tmp_path):
    code, loaded, _ = loaded_by("--version", tmp_path=tmp_path)
    assert code == 0
    assert not loaded & {"typer", "yaml", "asyncio", "platformdirs", *HEAVY}


def test_lint_loads_no_screen_and_no_cluster(tmp_path, manifest):
    code, loaded, said = loaded_by("lint", manifest, tmp_path=tmp_path)
    assert code == 0, said
    assert "yaml" in loaded  # so that this test can fail
    assert not loaded & {"asyncio", *HEAVY}


def test_a_plan_loads_no_driver(tmp_path, manifest):
    code, loaded, said = loaded_by("plan", manifest, tmp_path=tmp_path)
    assert code == 0, said
    assert not loaded & {"asyncio", *HEAVY}


def test_a_headless_run_loads_no_screen_and_no_cluster(tmp_path, manifest):
    code, loaded, said = loaded_by(
        "run", "--plain", "--runtime", "local", "--no-sandbox", manifest, tmp_path=tmp_path
    )
    assert code == 0, said
    assert "asyncio" in loaded
    assert not loaded & set(HEAVY)


def test_a_list_of_runs_loads_no_screen_and_no_cluster(tmp_path):
    code, loaded, said = loaded_by("runs", tmp_path=tmp_path)
    assert code == 0, said
    assert not loaded & {"yaml", "asyncio", *HEAVY}


def loads(code: str, *modules: str) -> str:
    """Run `code` in a fresh interpreter; return which of `modules` it loaded."""
    code += f"\nimport sys; print(*(name for name in {modules!r} if name in sys.modules))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_screen_leaves_the_runtime_to_its_driver():
    loaded = loads(
        """
import argotui.cli.session, argotui.cli.screen
from argotui import bootstrap
place = bootstrap.Place(runtime="local", options={"sandbox": "off"})
assert bootstrap.told(place)[0] == "local (no sandbox)"
""",
        "argotui.runtimes.local.runtime",
        "argotui.runtimes.http",
        "argotui.driver.driven",
        "argotui.templates",
        "argotui.cli.foreground",
        "textual",
    )
    assert not loaded


def test_a_driver_loads_no_command_line():
    assert not loads("import argotui.cli.drive, argotui.bootstrap", "typer", "pydantic")


def test_a_list_of_runs_loads_no_journal():
    unread = ("argotui.journal.store", "argotui.model.changes", "argotui.model.manifest")
    assert not loads("import argotui.cli.runs", *unread)


def test_a_first_frame_leaves_what_a_key_opens():
    opened = [f"argotui.tui.screens.{name}" for name in ("help", "metrics", "approve")]
    assert not loads("import argotui.tui.app", *opened)


def test_a_start_loads_no_library_that_few_ask_for():
    """The parser of a settings file, time zones, what is installed: 15 ms of every start."""
    few = ("tomllib", "zoneinfo", "importlib.metadata")
    assert not loads("import argotui.cli.run, argotui.cli.session, argotui.cli.screen", *few)


def test_the_settings_load_no_journal():
    unread = ("argotui.journal.index", "argotui.journal.codec")
    assert not loads("import argotui.cli.lint, argotui.cli.plan", *unread)


def test_a_workflow_without_expressions_loads_no_language(manifest):
    """Together they take 80 ms, of `plan`, of a headless run and of every driver."""
    languages = ("argotui.expr.evaluate", "argotui.expr.when", "argotui.expr.regex")
    planned = f"""
import contextlib, io
from argotui.cli.app import run
with contextlib.redirect_stdout(io.StringIO()):
    assert run(["plan", {manifest!r}]) == 0
"""
    assert not loads(planned, *languages)
    assert not loads("import argotui.templates, argotui.engine.outlook", *languages)
