"""The API of the test's cluster as plain dictionaries, over the official client's transport.

Called by the fixtures in conftest; a test says what it asks for as the API's own paths.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from kubernetes import client, config
from kubernetes.stream import stream

from tests.waiting import PATIENCE, until_sync

Thing = dict[str, Any]
ENDED = ("Succeeded", "Failed")


class Refused(Exception):
    """The server answered with an error; `status` is HTTP's, `body` what it said."""

    def __init__(self, method: str, path: str, status: int, body: str) -> None:
        super().__init__(f"{method} {path}: {status} {body}")
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    kubeconfig: str
    transport: client.ApiClient

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        seconds: float = 30.0,
    ) -> Any:
        """Send one request and return its JSON, or its text if it has none; raises Refused."""
        with closing(self._send(method, path, body, query=query, seconds=seconds)) as answer:
            text = answer.read().decode(errors="replace")
            kind = answer.headers.get("Content-Type", "")
        return json.loads(text) if "json" in kind else text

    def get(self, path: str, **query: Any) -> Thing:
        return self.ask("GET", path, query=query)

    def create(self, path: str, body: Mapping[str, Any]) -> Thing:
        return self.ask("POST", path, body)

    def delete(self, path: str, **options: Any) -> Thing:
        """`options` are those of a DeleteOptions, as `gracePeriodSeconds`."""
        return self.ask("DELETE", path, {"kind": "DeleteOptions", "apiVersion": "v1", **options})

    def watch(self, path: str, *, seconds: float, **query: Any) -> Iterator[Thing]:
        """Return the events of a watch that the server ends after `seconds`."""
        query = {"watch": "true", "timeoutSeconds": int(seconds), **query}
        with closing(self._send("GET", path, query=query, seconds=seconds + 10)) as answer:
            rest = b""
            for piece in answer.stream(decode_content=True):
                *lines, rest = (rest + piece).split(b"\n")
                yield from map(json.loads, lines)

    def execute(self, namespace: str, pod: str, *command: str) -> str:
        """Run a command in a pod's only container; return what it printed."""
        # A client of its own: the client's stream() exchanges the transport while it runs.
        core = client.CoreV1Api(config.new_client_from_config(self.kubeconfig))
        session = stream(
            core.connect_get_namespaced_pod_exec,
            pod,
            namespace,
            command=list(command),
            stdout=True,
            stderr=True,
            stdin=False,
            tty=False,
            _preload_content=False,
        )
        # The client says goodbye, and with an impatient server it leaves the socket open.
        with closing(session.sock.sock), closing(session):
            session.run_forever(timeout=30)
            return session.read_all()

    def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        seconds: float,
    ) -> Any:
        headers = {"Accept": "application/json, */*"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        asked = [(name, value) for name, value in (query or {}).items() if value is not None]
        self.transport.update_params_for_auth(headers, asked, ["BearerToken"], path, method, body)
        answer = self.transport.rest_client.pool_manager.request(
            method,
            self.transport.configuration.host + path,
            fields=asked if body is None else None,
            body=None if body is None else json.dumps(body),
            headers=headers,
            timeout=seconds,
            preload_content=False,
        )
        if answer.status >= 400:
            with closing(answer):
                raise Refused(method, path, answer.status, answer.read().decode(errors="replace"))
        return answer


def connect(kubeconfig: str) -> Api:
    return Api(kubeconfig=kubeconfig, transport=config.new_client_from_config(kubeconfig))


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """A test's own place in the cluster."""

    api: Api
    name: str

    def path(self, what: str) -> str:
        return f"/api/v1/namespaces/{self.name}/{what}"

    def run(self, name: str, image: str, *command: str) -> Thing:
        """Create a pod of one container, `main`, that is not restarted."""
        main: Thing = {"name": "main", "image": image}
        if command:
            main["command"] = list(command)
        return self.api.create(
            self.path("pods"),
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": name},
                "spec": {"restartPolicy": "Never", "containers": [main]},
            },
        )

    def pod(self, name: str) -> Thing:
        return self.api.get(self.path(f"pods/{name}"))

    def log(self, name: str) -> str:
        return self.api.ask("GET", self.path(f"pods/{name}/log"))

    def phase(self, name: str) -> str:
        return self.pod(name)["status"].get("phase", "")

    def waiting(self, name: str) -> str:
        """Return the reason for which a pod's container waits, if it does."""
        for container in self.pod(name)["status"].get("containerStatuses", ()):
            return container["state"].get("waiting", {}).get("reason", "")
        return ""

    def ended(self, name: str, seconds: float = PATIENCE) -> str:
        """Wait for a pod's end and return its phase."""
        until_sync(lambda: self.phase(name) in ENDED, f"the end of pod {name}", seconds)
        return self.phase(name)
