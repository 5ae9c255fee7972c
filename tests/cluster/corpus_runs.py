"""The cases of the corpus that need a cluster, several at once, each in a namespace of its own.

Used by test_corpus: they mostly wait, so a thread runs them all while the tests ask one by one.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import yaml

from argotui import bootstrap
from argotui.submit.request import Where
from tests.cluster.conftest import has_account
from tests.cluster.raw import Api, Namespace, Refused
from tests.corpus.cases import CORPUS, Case, prepared
from tests.corpus.drive import driven
from tests.waiting import until_sync

AT_ONCE = 8
LIMIT = 110.0  # seconds for one case at most
_CLAIM = "PersistentVolumeClaim"


class Runs:
    """Begins all the cases at once, in the order in which they will be asked for."""

    def __init__(self, api: Api, wanted: list[Case]) -> None:
        self._api, self._trees = api, {case.id: Future[dict[str, Any]]() for case in wanted}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(wanted,), daemon=True)
        self._thread.start()

    def tree(self, name: str) -> dict[str, Any]:
        """Return what a case left behind, as soon as it has ended. Raises what ended it."""
        return self._trees[name].result()

    def close(self) -> None:
        """Wait for the last ones to be cleared away."""
        self._thread.join(LIMIT)

    def _run(self, wanted: list[Case]) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._all(wanted))

    async def _all(self, wanted: list[Case]) -> None:
        places = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._one(case, places) for case in wanted))

    async def _one(self, case: Case, places: asyncio.Semaphore) -> None:
        future = self._trees[case.id]
        async with places:
            try:
                future.set_result(await self._in_a_namespace(case))
            except BaseException as error:
                future.set_exception(error)

    async def _in_a_namespace(self, case: Case) -> dict[str, Any]:
        name = f"argotui-test-{secrets.token_hex(4)}"
        space = Namespace(api=self._api, name=name)
        try:
            await asyncio.to_thread(self._make, space, case)
            options = {"namespace": name, "kubeconfig": self._api.kubeconfig}
            place = bootstrap.Place(runtime=Where.KUBERNETES, options=options)
            ready = prepared(case, Where.KUBERNETES)
            limit = min(LIMIT, 40 + 2 * case.seconds)
            return await driven(case, ready, limit=limit, place=place)
        finally:
            await asyncio.to_thread(self._clear, space)

    def _make(self, space: Namespace, case: Case) -> None:
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space.name}}
        self._api.create("/api/v1/namespaces", body)
        until_sync(lambda: has_account(space), "the default service account")
        for name in case.setup:
            text = (CORPUS / "workflows" / name).read_text(encoding="utf-8")
            for document in yaml.safe_load_all(text):
                if document and document["kind"] == _CLAIM:
                    self._api.create(space.path("persistentvolumeclaims"), document)

    def _clear(self, space: Namespace) -> None:
        with suppress(Refused):
            self._api.delete(space.path("pods"), gracePeriodSeconds=0)
        with suppress(Refused):
            self._api.delete(f"/api/v1/namespaces/{space.name}")
