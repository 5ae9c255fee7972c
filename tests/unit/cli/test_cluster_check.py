"""The cluster in `argotui doctor`, against a small API server of our own."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from argotui.cli import checks_cluster

pytest.importorskip("kubernetes")


class Api(BaseHTTPRequestHandler):
    denied: tuple[str, ...] = ()

    def do_GET(self):
        self.answer(
            {"gitVersion": "v1.34.0", "major": "1", "minor": "34", "buildDate": "",
             "compiler": "gc", "gitCommit": "", "gitTreeState": "", "goVersion": "", "platform": ""}
        )  # fmt: skip

    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = review["spec"]["resourceAttributes"]
        allowed = asked.get("subresource", "") not in self.denied
        self.answer({**review, "status": {"allowed": allowed}})

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    server = HTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    config = {
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "n"}}],
        "clusters": [
            {"name": "c", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}
        ],
        "users": [{"name": "u", "user": {}}],
    }
    (tmp_path / "config").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.setattr(Api, "denied", ())
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_a_cluster_that_answers_and_lets_us_work(cluster):
    found = checks_cluster.check_cluster()
    assert found.state == "ok", found
    assert found.detail.startswith("here/n, v1.34.0 at http://127.0.0.1")


@pytest.mark.slow
def test_rights_that_are_missing_are_named(cluster, monkeypatch):
    monkeypatch.setattr(Api, "denied", ("exec", "log"))
    found = checks_cluster.check_cluster()
    assert found.state == "note"
    assert "you may not: get pods/log, create pods/exec" in found.detail


@pytest.mark.slow
def test_a_cluster_that_is_gone_is_one_line(tmp_path, monkeypatch):
    config = """
current-context: here
contexts: [{name: here, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: u, user: {}}]
"""
    (tmp_path / "config").write_text(config)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    found = checks_cluster.check_cluster()
    assert found.state == "note"
    assert "127.0.0.1" in found.detail
    assert "\n" not in found.detail


def test_a_cluster_that_hangs_is_given_up(tmp_path, monkeypatch):
    (tmp_path / "config").write_text("{}")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.setattr(checks_cluster, "_PATIENCE", 0.01)
    assert "no answer within" in checks_cluster.check_cluster().detail
