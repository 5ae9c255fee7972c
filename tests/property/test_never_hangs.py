"""Whatever a workflow is made of, and whenever it is stopped: it ends, or says what it waits for.

Argo's controller would keep some of these Running for ever (4.7, 4.8, 8).
"""

from __future__ import annotations

import os
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.play import Play
from tests.property.nested import Body, Call, manifest
from tests.property.test_engine_recovery import crash
from tests.property.test_nested_model import bodies

LEAVES = """
    - name: work
      container: {image: busybox, command: ["true"]}
    - name: quick
      suspend: {duration: "0"}
    - name: nap
      suspend: {duration: 10s}
    - name: db
      daemon: true
      container: {image: busybox, command: ["true"]}
    - name: steady
      daemon: true
      retryStrategy: {limit: 1}
      container: {image: busybox, command: ["true"]}
    - name: timed
      timeout: 5s
      container: {image: busybox, command: ["true"]}
    - name: slow
      retryStrategy: {limit: 2, retryPolicy: Always, backoff: {duration: 20s, maxDuration: 50s}}
      container: {image: busybox, command: ["true"]}
    - name: broken
      container: {image: busybox, command: [x], volumeMounts: [{name: n, mountPath: /n}]}
    - name: needy
      inputs: {parameters: [{name: x, valueFrom: {configMapKeyRef: {name: none, key: k}}}]}
      suspend: {duration: "0"}
    - name: empty
      steps: [[]]
"""
ODD = ["nap", "db", "steady", "timed", "slow", "broken", "needy", "empty", "work"]


def changed(body: Body, chance: Random) -> Body:
    """Return the template with odd ones called here and there."""
    groups = tuple(tuple(_changed(call, chance) for call in group) for group in body.groups)
    limit = chance.choice([None, None, None, 0, 1, 2])
    return replace(body, groups=groups, parallelism=limit)


def _changed(call: Call, chance: Random) -> Call:
    template = changed(call.template, chance)
    if not template.groups and chance.random() < 0.5:
        template = Body(chance.choice(ODD), "work")
    handler = chance.choice(["", "", "", "work", "nap", "needy", "broken", "empty"])
    return replace(call, template=template, on_exit=handler)


def text_of(main: Body, chance: Random) -> str:
    limit = chance.choice([None, None, None, None, 1, 2, 3])
    text = manifest(main, parallelism=limit, on_exit=chance.choice(["", "", "work", "nap"]))
    lines: list[str] = []
    skip = False
    for line in text.split("\n"):
        if line.startswith("    - name: "):
            name = line.removeprefix("    - name: ")
            skip = name in ("work", "quick", *ODD)
        if not skip:
            lines.append(line)
            if line in ("      steps:", "      dag:") and chance.random() < 0.2:
                lines.insert(-1, "      failFast: true")
            if line == "      dag:" and chance.random() < 0.2:
                lines.append("        failFast: false")
    if chance.random() < 0.2:
        lines.insert(5, "  activeDeadlineSeconds: 30")
    return "\n".join(lines) + LEAVES


def play_out(play: Play, chance: Random) -> None:
    for _ in range(1_000):
        if play.phase not in ("Running", "Pending"):
            return
        dice = chance.random()
        if dice < 0.02:
            crash(play)
        elif dice < 0.03:
            play.stop()
        elif dice < 0.035:
            play.terminate()
        elif play.running and dice < 0.9:
            outcome: Any = chance.choice(["Running", "Pending", 0, 0, 1, "Gone"])
            play.report(chance.choice(play.running), outcome)
        else:
            play.advance(7)
            assert (
                play.running or play.timer is not None or play.phase not in ("Running", "Pending")
            )
    raise AssertionError("the run does not end")


EXAMPLES = int(os.environ.get("EXAMPLES", "60"))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(bodies("m", 2), st.integers(0, 1_000_000))
def test_every_run_ends(main: Body, seed: int) -> None:
    chance = Random(seed)
    text = text_of(changed(main, chance), chance)
    try:
        play = Play(text).start()
        play_out(play, chance)
    except Exception as error:
        error.add_note(text)
        raise
