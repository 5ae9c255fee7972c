"""Where a run runs: what was said, what was remembered, what the machine has."""

from pathlib import Path

import pytest

from argotui.cli.config import Config, load_config
from argotui.cli.place import decide
from argotui.cli.request import Choices, Where
from argotui.model.errors import RuntimeFault, UsageError
from argotui.runtimes.local.doctor import Sandbox

NONE = Config(path=Path("none"))


@pytest.fixture(autouse=True)
def no_kubeconfig(monkeypatch, tmp_path):
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def sandbox(monkeypatch):
    def set_to(found: Sandbox) -> None:
        monkeypatch.setattr("argotui.runtimes.local.doctor.find_sandbox", lambda: found)

    set_to(Sandbox(program="/usr/bin/bwrap"))
    return set_to


def test_what_was_said_comes_before_what_is_set(sandbox):
    config = Config(path=Path("c"), parallel=3, images={"x": {"path": "/p"}})
    place = decide(Choices(parallel=7, object_store=True), config, ask=False)
    assert place.runtime == "local"
    assert place.options == {
        "sandbox": "auto",
        "parallel": 7,
        "images": {"x": {"path": "/p"}},
        "object_store": True,
    }
    assert decide(Choices(), config, ask=False).options["parallel"] == 3


def test_without_a_sandbox_somebody_has_to_say_yes(sandbox):
    sandbox(Sandbox(problem="bubblewrap (bwrap) is not installed"))
    with pytest.raises(RuntimeFault, match="--no-sandbox"):
        decide(Choices(), NONE, ask=False)
    assert decide(Choices(no_sandbox=True), NONE, ask=False).options["sandbox"] == "off"
    remembered = Config(path=Path("c"), no_sandbox=True)
    assert decide(Choices(), remembered, ask=False).options["sandbox"] == "off"


@pytest.mark.parametrize(("said", "remembered"), [("y\n", True), ("YES\n", True), ("\n", False)])
def test_a_yes_is_remembered(sandbox, monkeypatch, tmp_path, capsys, said, remembered):
    import io
    import sys

    sandbox(Sandbox(problem="bubblewrap (bwrap) is not installed"))
    monkeypatch.setenv("ARGOTUI_CONFIG", str(tmp_path / "c.toml"))
    monkeypatch.setattr(sys, "stdin", io.StringIO(said))
    if remembered:
        assert decide(Choices(), NONE, ask=True).options["sandbox"] == "off"
        assert load_config().no_sandbox
    else:
        with pytest.raises(RuntimeFault, match="not run"):
            decide(Choices(), NONE, ask=True)
        assert not (tmp_path / "c.toml").exists()
    assert "with your rights" in capsys.readouterr().err


def test_a_cluster_that_is_passed_over_is_told_of_unless_local_was_chosen(sandbox, tmp_path):
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text("")
    assert "kubeconfig" in decide(Choices(), NONE, ask=False).note
    assert decide(Choices(runtime=Where.LOCAL), NONE, ask=False).note == ""
    remembered = Config(path=Path("c"), runtime="local")
    assert decide(Choices(), remembered, ask=False).note == ""


def test_clusters_are_said_to_be_for_later(sandbox):
    with pytest.raises(UsageError, match="--runtime local"):
        decide(Choices(runtime=Where.KUBERNETES), NONE, ask=False)
