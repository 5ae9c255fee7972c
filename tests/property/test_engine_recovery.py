"""A crash anywhere gives the same end: an engine made from the folded changes goes on as the one
that was lost would have, for every schedule that Hypothesis thinks of."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argotui.model.commands import StartWork
from argotui.model.exposition import exposition, run_metrics
from argotui.templates import engine_for
from tests.play import Play

WORKFLOWS = {
    "steps": """
    - name: main
      steps:
        - - {name: a, template: w}
          - {name: b, template: w, continueOn: {failed: true}}
        - - name: c
            template: w
            arguments: {parameters: [{name: m, value: "{{steps.b.status}}"}]}
        - - {name: nested, template: inner}
    - name: inner
      steps:
        - - {name: x, template: w, withItems: [1, 2, 3], onExit: w}
""",
    "dag": """
    - name: main
      dag:
        tasks:
          - {name: a, template: w}
          - {name: b, template: w, depends: a.Succeeded}
          - {name: c, template: r, depends: a.Failed || a.Succeeded}
          - {name: l, template: w, withItems: [p, q], depends: c}
          - {name: z, template: w, depends: "l.AnySucceeded || b"}
    - name: r
      retryStrategy: {limit: 1}
      container: {image: busybox, command: ["true"]}
""",
    "limits": """
    - name: main
      parallelism: 2
      steps:
        - - {name: l, template: deep, withSequence: {count: 4}, continueOn: {failed: true}}
    - name: deep
      dag:
        tasks:
          - {name: a, template: w}
          - {name: b, template: w, dependencies: [a]}
""",
}
HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  onExit: w
  metrics:
    prometheus:
      - name: runs
        help: h
        labels: [{key: s, value: "{{workflow.status}}"}]
        counter: {value: "1"}
      - {name: live, help: h, gauge: {realtime: true, value: "{{workflow.duration}}"}}
  templateDefaults:
    metrics:
      prometheus:
        - name: ends
          help: h
          labels: [{key: s, value: "{{status}}"}, {key: node, value: "{{node.name}}"}]
          counter: {value: "1"}
        - {name: secs, help: h, histogram: {value: "{{duration}}", buckets: [1, 2]}}
        - {name: now, help: h, gauge: {realtime: true, value: "{{duration}}"}}
  templates:
    - name: w
      inputs: {parameters: [{name: m, value: "-"}]}
      container: {image: busybox, command: [echo, "{{inputs.parameters.m}}"]}
"""


def crash(play: Play) -> None:
    """Lose the engine and go on with one made of what was told to the world."""
    state = deepcopy(play.folded)
    play.engine = engine_for(play.resolved, state)
    again = play.engine.outstanding()
    asked = {c.ref.node_name for c in again.commands if isinstance(c, StartWork)}
    assert asked == set(play.work)


def finish(workflow: str, picks: list[int], codes: list[int], crashes: set[int]) -> str:
    """Play to the end; `picks` say whose report comes next, `codes` how it ended."""
    play = Play(HEAD + WORKFLOWS[workflow]).start()
    for turn in range(200):
        if turn in crashes:
            crash(play)
        if not play.work:
            break
        names = sorted(play.work)
        name = names[picks[turn % len(picks)] % len(names)]
        play.report(play.short(name), codes[hash_of(name) % len(codes)])
    assert play.engine.state.run.phase.is_completed
    measured = exposition(run_metrics(play.engine.state, play.now))
    return f"{play.phase} {play.message}\n{play.tree()}\n{measured}"


def hash_of(name: str) -> int:
    return sum(name.encode())


@pytest.mark.parametrize("workflow", sorted(WORKFLOWS))
@given(
    picks=st.lists(st.integers(0, 9), min_size=1, max_size=12),
    codes=st.lists(st.sampled_from([0, 0, 0, 1]), min_size=1, max_size=7),
    crashes=st.sets(st.integers(0, 30), min_size=1, max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_a_crash_anywhere_gives_the_same_end(
    workflow: str, picks: list[int], codes: list[int], crashes: set[int]
) -> None:
    assert finish(workflow, picks, codes, crashes) == finish(workflow, picks, codes, set())
