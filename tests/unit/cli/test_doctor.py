"""`argotui doctor`: a finding a line, advice where one fails, an exit code for scripts."""

import json

import pytest

from argotui.cli import checks
from argotui.cli.app import run


@pytest.fixture(autouse=True)
def own_state(monkeypatch, tmp_path):
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("ARGOTUI_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


def test_every_finding_is_named_in_json(capsys):
    run(["doctor", "-o", "json"])
    found = json.loads(capsys.readouterr().out)
    assert [check["name"] for check in found] == [
        "argotui", "python", "sandbox", "images", "state", "settings", "terminal", "logout",
        "cluster",
    ]  # fmt: skip
    assert {check["state"] for check in found} <= {"ok", "note", "bad"}
    assert all(check["advice"] for check in found if check["state"] == "bad")


def test_what_is_missing_is_exit_3_with_advice(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path / "file" / "below"))
    assert run(["doctor"]) == 3
    shown = capsys.readouterr().out
    assert "✖ state" in shown
    assert "→ make it writable, or set ARGOTUI_STATE_DIR" in shown


def test_bad_settings_are_a_finding(monkeypatch, tmp_path):
    bad = tmp_path / "c.toml"
    bad.write_text("x = 1\n")
    monkeypatch.setenv("ARGOTUI_CONFIG", str(bad))
    found = checks.check_settings()
    assert found.state == "bad"
    assert f"{bad}:1" in found.detail


def test_an_examination_that_fails_is_a_finding_too(capsys, monkeypatch):
    def broken() -> checks.Check:
        raise RuntimeError("odd machine")

    monkeypatch.setattr(checks, "check_python", broken)
    run(["doctor"])
    assert "could not be examined: RuntimeError: odd machine" in capsys.readouterr().out


def test_a_state_folder_open_to_others_is_told(monkeypatch, tmp_path):
    runs = tmp_path / "state" / "runs"
    runs.mkdir(parents=True)
    runs.chmod(0o755)
    found = checks.check_state()
    assert found.state == "note"
    assert found.advice == f"chmod 700 {runs}"
