"""An API server of a page: it keeps objects, streams watches and logs, and does what tests ask.

`faults` are taken first, one a request: a status to answer with, or "cut" for no answer at all.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PATIENCE = 60.0


class FakeApi:
    def __init__(self):
        self.objects = {}  # path -> object
        self.events = []  # lines of the watch, from the first
        self.logs = {}  # (pod, container) -> list of (stamp, bytes)
        self.faults = []  # (pattern of "METHOD path", status or "cut", headers)
        self.requests = []
        self.token = "first"
        self.version = 100
        self.cut_watch = threading.Event()
        self.freeze = threading.Event()
        self.changed = threading.Condition()
        self.cut_log_after = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self.cut_watch.set()
        with self.changed:
            self.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE)

    def kubeconfig(self, folder, token="first"):
        path = folder / "kubeconfig"
        named = {"cluster": "c", "user": "u", "namespace": "argo"}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "x",
            "clusters": [{"name": "c", "cluster": {"server": self.url}}],
            "users": [{"name": "u", "user": {"token": token}}],
            "contexts": [{"name": "x", "context": named}],
        }
        path.write_text(json.dumps(document))
        return str(path)

    def next_version(self):
        self.version += 1
        return str(self.version)

    def event(self, kind, item, *, keep=True):
        """Say it on the watch; with `keep` the object is as it says from then on."""
        with self.changed:
            path = f"/api/v1/namespaces/argo/pods/{item['metadata']['name']}"
            if keep and kind == "DELETED":
                self.objects.pop(path, None)
            elif keep:
                self.objects[path] = item
            self.events.append({"type": kind, "object": item})
            self.changed.notify_all()

    def seen(self, pattern):
        return [each for each in self.requests if re.search(pattern, each)]

    def wait_for(self, pattern, count=1):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.seen(pattern)) >= count, PATIENCE), (
                f"{pattern}: {self.requests}"
            )

    def fault_for(self, line):
        for number, (pattern, what, headers) in enumerate(self.faults):
            if re.search(pattern, line):
                del self.faults[number]
                return what, headers
        return None


def _handler(api):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

        def handle(self):
            with contextlib.suppress(OSError):
                super().handle()

        def _any(self):
            url = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            line = f"{self.command} {self.path}"
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            with api.changed:
                api.requests.append(line)
                fault = api.fault_for(line)
                api.changed.notify_all()
            if fault is not None:
                self._fail(*fault)
            elif self.headers.get("Authorization") != f"Bearer {api.token}":
                self._status(401, "Unauthorized")
            elif query.get("watch"):
                self._watch(query)
            elif url.path.endswith("/log"):
                self._log(url.path, query)
            else:
                self._object(url.path, query, body)

        do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = _any

        def _fail(self, what, headers):
            if what == "cut":
                self.close_connection = True
                self.connection.close()
            else:
                message = headers.pop("message", "told to fail")
                self._status(what, message, headers)

        def _json(self, status, document, headers=None):
            data = json.dumps(document).encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _status(self, code, message, headers=None, reason=""):
            body = {"kind": "Status", "code": code, "message": message, "reason": reason}
            self._json(code, body, headers)

        def _object(self, path, query, body):
            if self.command == "GET" and path in api.objects:
                self._json(200, api.objects[path])
            elif self.command == "GET" and path.endswith(("/pods", "/configmaps")):
                items = [item for key, item in api.objects.items() if key.startswith(f"{path}/")]
                self._json(200, {"metadata": {"resourceVersion": str(api.version)}, "items": items})
            elif self.command == "POST":
                self._create(path, body)
            elif self.command == "DELETE" and path in api.objects:
                self._json(200, api.objects.pop(path))
            else:
                self._status(404, f"{path} not found", reason="NotFound")

        def _create(self, path, body):
            where = f"{path}/{body['metadata']['name']}"
            if where in api.objects:
                self._status(409, f"{where} already exists", reason="AlreadyExists")
                return
            version = api.next_version()
            body["metadata"] |= {"uid": f"uid-{version}", "resourceVersion": version}
            api.objects[where] = body
            self._json(201, body)

        def _begin(self):
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()

        def _chunk(self, data):
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def _watch(self, query):
            since = int(query.get("resourceVersion") or 0)
            self._begin()
            told = 0
            while True:
                with api.changed:
                    api.changed.wait_for(
                        lambda n=told: len(api.events) > n or api.cut_watch.is_set(), PATIENCE
                    )
                    fresh, told = api.events[told:], len(api.events)
                    cut = api.cut_watch.is_set()
                for event in fresh:
                    metadata = event["object"].get("metadata") or {}
                    if event["type"] == "ERROR" or int(metadata["resourceVersion"]) > since:
                        self._chunk(json.dumps(event).encode() + b"\n")
                if cut:
                    self.close_connection = True
                    return

        def _log(self, path, query):
            pod = path.split("/")[-2]
            lines = api.logs.get((pod, query["container"]))
            if lines is None:
                self._status(404, "no such log")
                return
            since = query.get("sinceTime", "")[:19]
            data = b"".join(
                stamp.encode() + b" " + text for stamp, text in lines if stamp[:19] >= since
            )
            self._begin()
            limit = api.cut_log_after
            if limit is not None and query.get("follow"):
                self._chunk(data[:limit]) if data[:limit] else None
                self.close_connection = True
                self.connection.close()
                return
            for start in range(0, len(data), 7000):
                self._chunk(data[start : start + 7000])
            self._chunk(b"")

    return Handler


def until(truth, what):
    """Wait for a truth, at most PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    while not (found := truth()):
        assert time.monotonic() < deadline, what
        threading.Event().wait(0.005)
    return found
