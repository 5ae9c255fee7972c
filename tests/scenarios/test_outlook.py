"""What is to come, told from the engine's state: the exit handler of the run."""

from __future__ import annotations

from argotui.engine.outlook import outlook
from argotui.model.changes import Planned
from tests.play import Play

WITH_EXIT = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: work
  onExit: bye
  templates:
    - name: work
      container: {image: busybox, command: ["true"]}
    - name: bye
      container: {image: busybox, command: ["true"]}
"""
HOOKED = WITH_EXIT.replace("onExit: bye", "hooks: {exit: {template: bye}}")
BYE = Planned(
    name="wf.onExit",
    display_name="onExit",
    parent="",
    template_name="bye",
    kind="container",
    after=("work",),
)


def ahead(play: Play) -> tuple[Planned, ...]:
    return outlook(play.engine, [""])[""]


def test_the_exit_handler_is_to_come_until_it_starts() -> None:
    for manifest in (WITH_EXIT, HOOKED):
        play = Play(manifest).start()
        assert ahead(play) == (BYE,)
        play.report("")
        assert "wf.onExit" in play.engine.state.nodes
        assert ahead(play) == ()


def test_terminated_or_without_one_nothing_is_to_come() -> None:
    assert ahead(Play(WITH_EXIT.replace("  onExit: bye\n", "")).start()) == ()
    play = Play(WITH_EXIT).start()
    play.terminate()
    assert ahead(play) == ()
