"""A run whose manifest says how long it is kept goes when somebody next lists or starts runs."""

from __future__ import annotations

import json
import time

from .manifests import FAILS, HELLO


def kept_for(manifest: str, strategy: str) -> str:
    return manifest.replace("spec:\n", f"spec:\n  ttlStrategy: {strategy}\n", 1)


def runs(argotui, *options: str) -> list[dict]:
    return json.loads(argotui("runs", "-o", "json", *options).out)


def test_a_run_goes_by_itself_when_its_time_is_over(argotui, write):
    path = write(kept_for(HELLO, "{secondsAfterCompletion: 0}"))
    assert argotui.run("--plain", path).code == 0
    assert len(list((argotui.folder / "state" / "runs").iterdir())) == 1
    assert runs(argotui) == []
    assert list((argotui.folder / "state" / "runs").iterdir()) == []


def test_when_it_goes_is_told_and_failures_have_a_time_of_their_own(argotui, write):
    strategy = "{secondsAfterSuccess: 0, secondsAfterFailure: 3600}"
    assert argotui.run("--plain", write(kept_for(FAILS, strategy))).code == 1
    (run,) = runs(argotui)
    ended = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    assert run["expiresAt"][:14] == ended[:14] or run["expiresAt"] < ended
    table = argotui("runs").out.splitlines()
    assert "GOES" in table[0]
    assert " in 5" in table[1] or " in 1h" in table[1]


def test_a_run_started_sweeps_and_a_setting_keeps_all(argotui, write):
    settings = argotui.folder / "argotui" / "config.toml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text('keep_runs = "forever"\n')
    path = write(kept_for(HELLO, "{secondsAfterCompletion: 0}"))
    argotui.run("--plain", path)
    assert [run["expiresAt"] for run in runs(argotui)] == [None]
    settings.write_text("")
    argotui.run("--plain", write(HELLO))
    (run,) = runs(argotui)
    assert run["expiresAt"] is None
