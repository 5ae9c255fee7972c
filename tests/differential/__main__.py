"""The long form: `python -m tests.differential WHERE COUNT FIRST_SEED`, or `make differential`.

WHERE is one of
  acted    no runtime: every check of checks.py, steady workflows and others by turns
  local    held against the local runtime
  killed   the same, by the real program, its driver killed with -9 and recovered
  cluster  against the one of `make cluster` or ARGOTUI_TEST_KUBECONFIG, in a namespace of its own

What differs is printed with its seed; the exit code says whether anything did. `show SEED` prints
a workflow.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from argotui import bootstrap
from argotui.submit.request import Where
from tests.cluster.conftest import made_here
from tests.cluster.raw import connect
from tests.differential.author import Written, limits, written
from tests.differential.checks import all_of, as_performed
from tests.differential.killed import as_recovered

SMALL = 25  # nodes, about, where pods are real
LIMIT = 240.0  # seconds for one run on a real runtime


def main(where: str, count: int = 100, first: int = 0) -> int:
    if where == "show":
        print(json.dumps(written(count, steady=bool(first)).documents, indent=2))
        return 0
    begun, bad = time.monotonic(), 0
    with _prepared(where) as check:
        for seed in range(first, first + count):
            work = _work(where, seed)
            try:
                found = check(work)
            except Exception as error:  # the search goes on
                found = [f"{type(error).__name__}: {error}"]
            bad += bool(found)
            for each in found[:4]:
                print(f"seed {seed}, steady {work.steady}: {each}", flush=True)
    seconds = time.monotonic() - begun
    print(f"{where}: {count} workflows, {bad} with finds, {seconds:.0f} s")
    return min(bad, 1)


def _work(where: str, seed: int) -> Written:
    if where == "acted":
        return written(seed, steady=seed % 2 == 0)
    return written(seed, room=SMALL)


@contextmanager
def _prepared(where: str) -> Iterator[Callable[[Written], list[str]]]:
    if where == "acted":
        yield all_of
        return
    if where == "killed":
        yield _killed
        return
    with TemporaryDirectory() as folder, _place(where) as place:
        os.environ |= {"ARGOTUI_STATE_DIR": folder, "XDG_RUNTIME_DIR": folder}
        yield lambda work: as_performed(work, place, limit=LIMIT)


def _killed(work: Written) -> list[str]:
    with TemporaryDirectory() as folder:
        return as_recovered(work, Path(folder))


@contextmanager
def _place(where: str) -> Iterator[bootstrap.Place]:
    if where == "local":
        yield bootstrap.Place(runtime=Where.LOCAL)
        return
    path = os.environ.get("ARGOTUI_TEST_KUBECONFIG") or str(made_here())
    api, name = connect(path), f"argotui-test-differential-{os.getpid()}"
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    api.create("/api/v1/namespaces", space)
    try:  # the limits of semaphores are the cluster's own
        api.create(f"/api/v1/namespaces/{name}/configmaps", limits())
        options = {"namespace": name, "kubeconfig": str(Path(path))}
        yield bootstrap.Place(runtime=Where.KUBERNETES, options=options)
    finally:
        api.delete(f"/api/v1/namespaces/{name}/pods", gracePeriodSeconds=0)
        api.delete(f"/api/v1/namespaces/{name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
