"""Every failure is one clear message on stderr and a promised exit code."""

import errno
import os

import pytest
import typer

from argotui.cli import exits
from argotui.cli.app import COMMANDS, build, run
from argotui.cli.app_pairs import PAIR_SEPARATOR, pairs_joined
from argotui.cli.failure import catching
from argotui.model.errors import EngineBug, ManifestError, Problem, RuntimeFault, UsageError

PROBLEM = Problem(what="no such template", file="w.yaml", line=3, column=5)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ManifestError((PROBLEM, PROBLEM)), exits.USAGE, "w.yaml:3:5: no such template"),
        (UsageError("not so"), exits.USAGE, "argotui: not so\n"),
        (RuntimeFault("no cluster"), exits.INFRASTRUCTURE, "argotui: no cluster\n"),
        (ExceptionGroup("g", [RuntimeFault("inner")]), exits.INFRASTRUCTURE, "argotui: inner\n"),
        (KeyboardInterrupt(), exits.INTERRUPTED, ""),
        (typer.Exit(4), exits.WAITING, ""),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), 3, "/x: No space left"),
    ],
)
def test_an_expected_failure_is_one_message(capsys, error, code, said):
    with catching() as codes:
        raise error
    assert codes == [code]
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert "Traceback" not in shown.err


def test_an_unexpected_failure_is_one_line_and_a_file(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.delenv("ARGOTUI_DEBUG", raising=False)
    with catching() as codes:
        raise EngineBug("node ended twice", ("it ran",))
    assert codes == [exits.INFRASTRUCTURE]
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    (story,) = tmp_path.glob("argotui-*.txt")
    assert str(story) in shown
    assert "Traceback" in story.read_text()
    assert story.stat().st_mode & 0o077 == 0


def test_the_full_story_is_shown_to_who_asks(capsys, monkeypatch):
    monkeypatch.setenv("ARGOTUI_DEBUG", "1")
    with catching():
        raise ZeroDivisionError("x")
    assert "Traceback" in capsys.readouterr().err


def test_a_message_cannot_move_the_cursor(capsys):
    with catching():
        raise UsageError("a\x1b[2Jb\nsecond line")
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["run"], "Missing argument"),
        (["run", "x", "--bogus"], "No such option"),
        (["run", "x", "--runtime", "moon"], "--runtime"),
        (["run", "x", "--parallel", "0"], "--parallel"),
        (["run", "x", "-o", "xml"], "--output"),
        (["run", "/nowhere/x.yaml"], "no such file"),
        (["run", "x", "--approve-param", "a"], "--approve-param"),
        (["approve", "r"], "--all"),
        (["delete"], "--completed"),
    ],
)
def test_wrong_usage_is_exit_2_and_no_traceback(capsys, arguments, said):
    assert run(arguments) == exits.USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert "╭" not in shown.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(capsys, name):
    assert run([name, "--help"]) == exits.SUCCEEDED
    assert "Usage: argotui" in capsys.readouterr().out


def test_the_exit_codes_are_in_the_help(capsys):
    assert run(["--help"]) == exits.SUCCEEDED
    shown = " ".join(capsys.readouterr().out.split())
    assert "0 succeeded" in shown
    assert "130 interrupted" in shown
    assert "_drive" not in shown


def test_only_the_command_asked_for_is_made():
    assert [command.name for command in build("runs").registered_commands] == ["runs"]
    assert len(build("bogus").registered_commands) == len(COMMANDS)


def test_a_pair_of_values_becomes_one():
    joined = f"gate{PAIR_SEPARATOR}k=v"
    assert pairs_joined(["run", "f", "--approve-param", "gate", "k=v", "--plain"]) == [
        *("run", "f", "--approve-param", joined, "--plain"),
    ]
    assert pairs_joined(["--approve-param"]) == ["--approve-param"]
    assert pairs_joined(["--", "--approve-param", "a", "b"]) == ["--", "--approve-param", "a", "b"]


def test_a_closed_pipe_is_no_complaint(tmp_path):
    import subprocess
    import sys

    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "argotui", "doctor", "-o", "json"],
        stdout=writer,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "ARGOTUI_STATE_DIR": str(tmp_path)},
        check=False,
        timeout=60,
    )
    os.close(writer)
    assert done.stderr == b""
