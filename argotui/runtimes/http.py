"""Performs HttpWork from this machine, whatever the run's pods are. Argo: 3.7.

Standard library only; one thread a request, so a slow server holds up nobody.
"""

from __future__ import annotations

import asyncio
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from functools import partial
from http.client import HTTPException
from typing import Any

from argotui.model.manifest import JsonObject
from argotui.model.work import HttpWork, Observation, PodState, Report, Work, WorkRef
from argotui.runtimes.port import Emit, RunPlace
from argotui.runtimes.secrets import secret_value
from argotui.runtimes.under_way import UnderWay

_BODY_MAX = 16 << 20  # bytes of a response that are kept
_SCHEMES = ("http://", "https://")


class HttpRuntime:
    """A Runtime for requests alone. What was under way when a driver died is asked again."""

    performs: tuple[type[Work], ...] = (HttpWork,)
    where = "http"

    def __init__(self) -> None:
        self._emit: Emit | None = None
        self._secrets: Mapping[str, JsonObject] = {}
        self._under_way = UnderWay()

    async def open(self, place: RunPlace, emit: Emit) -> None:
        self._emit = emit
        self._secrets = place.secrets

    async def start(self, ref: WorkRef, work: Work) -> None:
        if isinstance(work, HttpWork):
            self._under_way.begin(ref, partial(self._perform, ref, work))

    async def stop(self, ref: WorkRef, grace: float) -> None:
        self._under_way.stop(ref)

    async def release(self, ref: WorkRef) -> None:
        self._under_way.forget(ref)

    async def close(self, *, keep_running: bool = False) -> None:
        await self._under_way.close()

    async def _perform(self, ref: WorkRef, work: HttpWork) -> None:
        try:
            request = self._request(work)
        except (KeyError, ValueError) as error:
            text = str(error.args[0]) if error.args else str(error)
            report = Report(state=PodState.FAILED, message=text, fault=text)
        else:
            report = await asyncio.to_thread(perform, request, work)
        if self._emit is not None:
            self._emit(Observation(ref=ref, report=report, at=time.time()))

    def _request(self, work: HttpWork) -> urllib.request.Request:
        if not work.url.startswith(_SCHEMES):
            raise ValueError(f"http template: {work.url!r} is no http or https address")
        headers = {str(each["name"]): self._header(each) for each in work.headers}
        return urllib.request.Request(
            work.url, data=work.body or None, headers=headers, method=work.method.upper()
        )

    def _header(self, header: JsonObject) -> str:
        ref = (header.get("valueFrom") or {}).get("secretKeyRef")
        return secret_value(self._secrets, ref) if ref else str(header.get("value", ""))


def perform(request: urllib.request.Request, work: HttpWork) -> Report:
    """Send a request and return what came of it; never raises. A transport error is FAILED."""
    context = ssl.create_default_context()
    if work.insecure_skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        with urllib.request.urlopen(
            request, timeout=work.timeout_seconds, context=context
        ) as answer:
            return _answered(answer.status, answer.headers, answer.read(_BODY_MAX + 1))
    except urllib.error.HTTPError as error:
        with error:
            return _answered(error.code, error.headers, error.read(_BODY_MAX + 1))
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        return Report(state=PodState.FAILED, message=f"{work.method} {work.url}: {reason}")


def _answered(code: int, headers: Message, body: bytes) -> Report:
    if len(body) > _BODY_MAX:
        text = f"the response is larger than {_BODY_MAX >> 20} MiB"
        return Report(state=PodState.FAILED, message=text, fault=text)
    listed: dict[str, list[str]] = {}
    for name, value in headers.items():
        listed.setdefault(name, []).append(value)
    response: dict[str, Any] = {
        "statusCode": code,
        "headers": listed,
        "body": body.decode("utf-8", "replace"),
    }
    return Report(state=PodState.SUCCEEDED, response=response)
