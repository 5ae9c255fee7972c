"""HTTP work against a real server on the loopback interface."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from argotui.model.work import HttpWork, Observation, PodState, Report, WorkRef
from argotui.runtimes.http import HttpRuntime
from argotui.runtimes.port import RunPlace

REF = WorkRef(run_id="r", node_name="wf", node_id="wf", attempt=1, pod_name="")


class Echo(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(404 if self.path == "/none" else 201)
        self.send_header("X-Token", self.headers.get("X-Token", ""))
        self.end_headers()
        self.wfile.write(body.upper())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def perform(work: HttpWork, tmp_path: Path) -> Report:
    secret = {"data": {"token": base64.b64encode(b"s3cret").decode()}}

    async def run() -> Report:
        loop = asyncio.get_running_loop()
        seen: asyncio.Future[Observation] = loop.create_future()
        runtime = HttpRuntime()
        place = RunPlace(
            run_id="r", workflow_name="wf", namespace="default", folder=tmp_path, logs=tmp_path,
            work=tmp_path, secrets={"creds": secret},
        )  # fmt: skip
        await runtime.open(place, seen.set_result)
        await runtime.start(REF, work)
        observation = await asyncio.wait_for(seen, 60)
        await runtime.close()
        return observation.report

    return asyncio.run(run())


def test_a_request_brings_status_headers_and_body_back(server: str, tmp_path: Path) -> None:
    header = {"name": "X-Token", "valueFrom": {"secretKeyRef": {"name": "creds", "key": "token"}}}
    work = HttpWork(url=f"{server}/x", method="post", body=b"hello", headers=(header,))
    report = perform(work, tmp_path)
    assert report.state is PodState.SUCCEEDED
    assert report.response is not None
    assert report.response["statusCode"] == 201
    assert report.response["body"] == "HELLO"
    assert report.response["headers"]["X-Token"] == ["s3cret"]


def test_an_error_status_is_an_answer_too(server: str, tmp_path: Path) -> None:
    report = perform(HttpWork(url=f"{server}/none", method="POST", body=b"x"), tmp_path)
    assert report.response is not None
    assert report.response["statusCode"] == 404


def test_no_server_is_a_failure_that_names_the_address(tmp_path: Path) -> None:
    report = perform(HttpWork(url="http://127.0.0.1:9/", timeout_seconds=2), tmp_path)
    assert report.state is PodState.FAILED
    assert "127.0.0.1:9" in report.message


def test_other_schemes_and_missing_secrets_are_faults(tmp_path: Path) -> None:
    assert "no http" in perform(HttpWork(url="file:///etc/passwd"), tmp_path).fault
    header = {"name": "A", "valueFrom": {"secretKeyRef": {"name": "none", "key": "k"}}}
    report = perform(HttpWork(url="http://127.0.0.1:9/", headers=(header,)), tmp_path)
    assert "no Secret 'none'" in report.fault
