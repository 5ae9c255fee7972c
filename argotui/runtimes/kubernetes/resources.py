"""Performs ResourceWork by the user's own client, from this machine. Argo: 3.6.

Called by runtime. Conditions are watched; outputs are read from the object as it is then.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from argotui.model.errors import RuntimeFault
from argotui.model.work import (
    Observation,
    PodState,
    Report,
    ResourceWork,
    WorkRef,
)
from argotui.runtimes.conditions import Requirement, requirements
from argotui.runtimes.jqfilter import filtered
from argotui.runtimes.kubernetes import operations
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.discovery import Discovery
from argotui.runtimes.kubernetes.errors import ApiError, explained
from argotui.runtimes.kubernetes.kept import Folder, Kept
from argotui.runtimes.kubernetes.kubectl import Flags, read_flags
from argotui.runtimes.kubernetes.watch import Watcher
from argotui.runtimes.operated import failed, main_ended

RenderJsonPath = Callable[[str, Any], str]
_CODE = 64  # with which Argo's wrapper ends when an operation failed
_DELETED = "the object was deleted while its conditions were waited for"


class Resources:
    """`render` fills a JSONPath template of Kubernetes; `owner` is what setOwnerReference puts."""

    def __init__(
        self,
        *,
        client: Client,
        namespace: str,
        owner: Mapping[str, Any],
        folder: Folder,
        emit: Callable[[Observation], None],
        render: RenderJsonPath | None,
    ) -> None:
        self._client, self._namespace, self._owner = client, namespace, owner
        self._folder, self._emit, self._render = folder, emit, render
        self._discovery = Discovery(client)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._begun: dict[str, Kept] = {}

    def knows(self, ref: WorkRef) -> bool:
        return ref.key in self._tasks

    def recover(self, kept: Kept) -> None:
        """Tell of what has ended; what was under way the engine asks for again."""
        self._begun[kept.ref.key] = kept
        if kept.report is not None:
            self._tasks[kept.ref.key] = asyncio.create_task(asyncio.sleep(0))
            self._say(kept.ref, kept.report)

    def start(self, ref: WorkRef, work: ResourceWork) -> None:
        self._tasks[ref.key] = asyncio.create_task(self._perform(ref, work))

    def stop(self, ref: WorkRef) -> None:
        """Only the waiting ends: the object stays as it is. Argo: 3.6."""
        task = self._tasks.get(ref.key)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        tasks, self._tasks = list(self._tasks.values()), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _perform(self, ref: WorkRef, work: ResourceWork) -> None:
        began = time.time()
        self._say(ref, Report(state=PodState.RUNNING, started_at=began))
        try:
            report = await self._done(ref, work, began)
        except ApiError as error:
            report = failed(
                began, explained(error, f"{work.action}: Error from server"), code=_CODE
            )
        except (RuntimeFault, yaml.YAMLError) as error:
            report = failed(began, str(error), code=_CODE)
        except asyncio.CancelledError:
            if not self._tasks:  # the driver leaves: the next one goes on
                raise
            report = failed(began, "stopped before it ended", code=_CODE)
        kept = self._begun.setdefault(ref.key, Kept(ref=ref))
        kept.report = report
        with contextlib.suppress(RuntimeFault):
            self._folder.save(kept)
        self._say(ref, report)

    async def _done(self, ref: WorkRef, work: ResourceWork, began: float) -> Report:
        flags = read_flags(work.flags)
        failure, success = (
            requirements(work.failure_condition),
            requirements(work.success_condition),
        )
        if work.action == "delete" and (failure or success):
            raise RuntimeFault("a resource that is deleted cannot have conditions")
        again = ref.key in self._begun
        if not again:
            self._begun[ref.key] = Kept(ref=ref)
            self._folder.save(self._begun[ref.key])
        target, found = await self._act(work, flags, again=again)
        if target is not None and found is not None and (failure or success):
            found = await self._settled(target, found, failure, success)
        parameters, errors = await asyncio.to_thread(self._outputs, work, found)
        return Report(
            state=PodState.FAILED if errors else PodState.SUCCEEDED,
            message="; ".join(errors),
            containers=(main_ended(began, code=_CODE if errors else 0, message="; ".join(errors)),),
            parameters=parameters,
            collect_errors=tuple(errors),
            object=found,
            started_at=began,
            finished_at=time.time(),
        )

    # -- what is acted on --------------------------------------------------------------------------

    async def _act(
        self, work: ResourceWork, flags: Flags, *, again: bool
    ) -> tuple[operations.Target | None, Mapping[str, Any] | None]:
        target, found = None, None
        for target in await self._targets(work, flags):
            found = await operations.act(
                self._client, work.action, target, flags, work.merge_strategy, again=again
            )
        return target, found

    async def _targets(self, work: ResourceWork, flags: Flags) -> list[operations.Target]:
        documents = [each for each in _documents(work.manifest) if each]
        if "--selector" in flags.values:
            return await self._selected(work, flags)
        if not documents and not work.flags:
            raise RuntimeFault("Must provide at least one of flags or manifest.")
        if flags.target is not None:
            kind = await self._discovery.of_word(flags.target[0])
            namespace = flags.values.get("--namespace") or self._namespace
            body = documents[0] if documents else {}
            named = operations.Target(
                kind=kind, namespace=namespace, name=flags.target[1], document=body
            )
            return [named]
        if not documents or not all(isinstance(each, dict) for each in documents):
            raise RuntimeFault("neither the manifest nor the flags name an object")
        if work.set_owner_reference:
            if len(documents) > 1:
                raise RuntimeFault("setOwnerReference takes a manifest of one document")
            documents = [_with_owner(documents[0], self._owner)]
        return [await self._target(each, work, flags) for each in documents]

    async def _selected(self, work: ResourceWork, flags: Flags) -> list[operations.Target]:
        """Return all that a selector of labels finds now: none is no error, as with kubectl."""
        if work.action != "delete" or not flags.kind:
            raise RuntimeFault("--selector goes with delete and one type: TYPE --selector LABELS")
        kind = await self._discovery.of_word(flags.kind)
        namespace = flags.values.get("--namespace") or self._namespace
        query = {"labelSelector": flags.values["--selector"]}
        listed = await self._client.call("GET", kind.path(namespace), query=query)
        names = [str(each["metadata"]["name"]) for each in listed.get("items") or ()]
        return [
            operations.Target(kind=kind, namespace=namespace, name=name, document={})
            for name in names
        ]

    async def _target(
        self, document: dict[str, Any], work: ResourceWork, flags: Flags
    ) -> operations.Target:
        kind = await self._discovery.of_object(document)
        metadata = document.get("metadata") or {}
        name = str(metadata.get("name") or "")
        if not name and not (work.action == "create" and metadata.get("generateName")):
            raise RuntimeFault(f"the {kind.kind} in the manifest has no metadata.name")
        namespace = flags.values.get("--namespace") or metadata.get("namespace")
        return operations.Target(
            kind=kind,
            namespace=str(namespace or self._namespace),
            name=name,
            document={"apiVersion": kind.group_version, **document},
        )

    # -- what is waited for ------------------------------------------------------------------------

    async def _settled(
        self,
        target: operations.Target,
        found: Mapping[str, Any],
        failure: list[Requirement],
        success: list[Requirement],
    ) -> Mapping[str, Any]:
        """Return the object once all success terms hold. Raises RuntimeFault when one of failure
        does, or when the object goes."""
        loop = asyncio.get_running_loop()
        news: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
        uid = found["metadata"]["uid"]

        def seen(kind: str, item: Mapping[str, Any]) -> None:
            mine = item["metadata"].get("uid") == uid
            put(None if kind == "DELETED" and mine else item)

        def put(item: Mapping[str, Any] | None) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(news.put_nowait, item)

        def listed(items: list[Mapping[str, Any]]) -> None:
            put(next((each for each in items if each["metadata"]["uid"] == uid), None))

        name = found["metadata"]["name"]
        watcher = Watcher(
            self._client,
            target.kind.path(target.namespace),
            {"fieldSelector": f"metadata.name={name}"},
            seen=seen,
            listed=listed,
        )
        watcher.start(str(found["metadata"]["resourceVersion"]))
        try:
            while not _judged(found, failure, success):
                latest = await news.get()
                if latest is None:
                    raise RuntimeFault(_DELETED)
                found = latest
            return found
        finally:
            watcher.close()

    # -- what comes of it --------------------------------------------------------------------------

    def _outputs(
        self, work: ResourceWork, found: Mapping[str, Any] | None
    ) -> tuple[dict[str, str], list[str]]:
        values: dict[str, str] = {}
        errors = []
        for name, (kind, expression, default) in work.outputs.items():
            try:
                value = "" if found is None else self._queried(kind, expression, found)
            except Exception as error:
                value = default if default is not None else ""
                if default is None:
                    errors.append(f"output parameter {name}: {kind} {expression}: {error}")
            if value or default is not None:
                values[name] = value or str(default)
            elif found is None:
                values[name] = ""
            elif not errors:
                errors.append(f"output parameter {name}: {kind} {expression} finds nothing")
        return values, errors

    def _queried(self, kind: str, expression: str, found: Mapping[str, Any]) -> str:
        if kind == "jqFilter":
            return filtered(expression, found)
        if self._render is None:
            raise RuntimeFault("JSONPath is not available here")
        return self._render(expression, found)

    def _say(self, ref: WorkRef, report: Report) -> None:
        self._emit(Observation(ref=ref, report=report, at=time.time()))


def _judged(
    found: Mapping[str, Any], failure: list[Requirement], success: list[Requirement]
) -> bool:
    for term in failure:
        if term.holds(found):
            raise RuntimeFault(f"failure condition '{term}' evaluated true")
    return all(term.holds(found) for term in success)


def _documents(manifest: str) -> list[Any]:
    """Dates stay the texts they are: JSON has none."""
    documents = list(yaml.safe_load_all(manifest)) if manifest.strip() else []
    return [json.loads(json.dumps(each, default=str)) for each in documents]


def _with_owner(document: dict[str, Any], owner: Mapping[str, Any]) -> dict[str, Any]:
    metadata = dict(document.get("metadata") or {})
    metadata["ownerReferences"] = [*(metadata.get("ownerReferences") or ()), dict(owner)]
    return {**document, "metadata": metadata}
