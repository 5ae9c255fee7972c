"""What `get` prints: the header counts what the entry counts."""

from argotui.cli.tree import tree_lines
from argotui.driver.port import Snapshot
from argotui.model.status import RunPhase
from tests.tui.fake_run import FakeRun


def test_the_header_and_the_entry_agree_on_what_is_done():
    run = FakeRun()
    run.node("", "Failed", kind="DAG", ran=3, template_name="release")
    run.node(".build", "Succeeded", ran=1)
    run.node(".gate", "Failed", kind="Suspend", ran=1, message="rejected by jan")
    run.node(".deploy", "Omitted", kind="Skipped")
    run.run(phase=RunPhase.FAILED, progress="1/2")  # as Argo counts: for its JSON
    lines = list(tree_lines(Snapshot(seq=1, info=run.info, state=run.state), alive=False))
    entry = next(line for line in lines if line.startswith("  ✖ release "))
    assert "  3/3 " in lines[0]
    assert "  3/3 " in entry


def test_the_message_of_the_run_names_steps_as_people_know_them():
    run = FakeRun()
    run.node("", "Failed", kind="Steps", ran=3)
    bad = run.node("[0].build", "Failed", ran=1)
    run.run(phase=RunPhase.FAILED, message=f"child '{bad.id}' failed")
    lines = list(tree_lines(Snapshot(seq=1, info=run.info, state=run.state), alive=False))
    assert "  message   child 'build' failed" in lines
