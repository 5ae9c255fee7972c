"""Where a run runs: what was said, what was remembered, what the machine has."""

import io
import sys
from pathlib import Path

import pytest

from argotui.cli.config import Config, load_config
from argotui.cli.place import decide
from argotui.model.errors import RuntimeFault, UsageError
from argotui.runtimes.local.doctor import Sandbox
from argotui.submit.request import Choices, Where

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


KUBECONFIG = """
current-context: prod
contexts:
  - {name: prod, context: {cluster: c, user: u, namespace: builds}}
  - {name: lab, context: {cluster: c, user: u}}
"""


@pytest.fixture
def kubeconfig(tmp_path, monkeypatch):
    path = tmp_path / "kubeconfig"
    path.write_text(KUBECONFIG)
    monkeypatch.setenv("KUBECONFIG", str(path))
    monkeypatch.setenv("ARGOTUI_CONFIG", str(tmp_path / "c.toml"))


def test_without_a_kubeconfig_it_runs_here_and_says_so(sandbox):
    place = decide(Choices(), NONE, ask=False)
    assert (place.runtime, place.note) == ("local", "no kubeconfig: runs on this machine")
    assert decide(Choices(runtime=Where.LOCAL), NONE, ask=False).note == ""


def test_headless_with_a_kubeconfig_somebody_has_to_choose(sandbox, kubeconfig):
    with pytest.raises(UsageError, match=r"prod/builds.*--runtime kubernetes.*--runtime local"):
        decide(Choices(), NONE, ask=False)
    for runtime in ("kubernetes", "local"):
        remembered = Config(path=Path("c"), clusters={"prod/builds": runtime})
        assert decide(Choices(), remembered, ask=False).runtime == runtime
    # a choice for one namespace says nothing of another
    with pytest.raises(UsageError):
        decide(Choices(), Config(path=Path("c"), clusters={"prod/x": "local"}), ask=False)


@pytest.mark.parametrize(("said", "runtime"), [("c\n", "kubernetes"), ("machine\n", "local")])
def test_a_person_is_asked_once_for_a_context_and_namespace(
    sandbox, kubeconfig, monkeypatch, capsys, said, runtime
):
    monkeypatch.setattr(sys, "stdin", io.StringIO(said))
    assert decide(Choices(), NONE, ask=True).runtime == runtime
    assert "prod/builds" in capsys.readouterr().err
    assert load_config().clusters == {"prod/builds": runtime}
    assert decide(Choices(), load_config(), ask=True).runtime == runtime


def test_no_answer_runs_nothing(sandbox, kubeconfig, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    with pytest.raises(UsageError, match="not run"):
        decide(Choices(), NONE, ask=True)


def test_a_context_or_namespace_means_the_cluster(sandbox, kubeconfig):
    place = decide(Choices(context="lab", pending_timeout=30.0), NONE, ask=False)
    assert (place.options["context"], place.options["namespace"]) == ("lab", "default")
    assert place.options["pending_timeout"] == 30.0
    assert Path(place.options["kubeconfig"]).is_absolute()
    assert (
        decide(Choices(context="lab"), NONE, ask=False, namespace="own").options["namespace"]
        == "own"
    )
    assert decide(Choices(namespace="x"), NONE, ask=False).options["context"] == "prod"
    with pytest.raises(RuntimeFault, match="no context 'moon'"):
        decide(Choices(context="moon"), NONE, ask=False)
    with pytest.raises(UsageError, match="--runtime kubernetes"):
        decide(Choices(runtime=Where.LOCAL, namespace="x"), NONE, ask=False)


def test_a_cluster_without_a_kubeconfig_is_not_to_be_had(sandbox):
    with pytest.raises(RuntimeFault, match="--runtime local"):
        decide(Choices(runtime=Where.KUBERNETES), NONE, ask=False)
