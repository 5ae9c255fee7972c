"""Results that are read from logs: of stdout alone where the cluster can tell, once asked."""

from __future__ import annotations

import pytest

from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.logresult import LogResults

POD = "/api/v1/namespaces/argo/pods/p"


@pytest.fixture
def read(api, tmp_path):
    client = Client(kubeconfig=api.kubeconfig(tmp_path))
    results, spool = LogResults(client), tmp_path / "main.log"

    def perform(text):
        if text is not None:
            spool.write_bytes(text)
        return results.read(POD, spool)

    yield perform
    client.close()


def version(api, minor):
    api.objects["/version"] = {"major": "1", "minor": minor}
    api.logs[("p", "main")] = [("out", b"")]


@pytest.mark.parametrize("minor", ["31", "29+", "x", None])
def test_an_older_server_is_not_asked_for_streams(api, read, minor):
    version(api, minor)
    assert read(b"both") == {"l": b"both"}
    assert read(b"more") == {"l": b"more"}
    assert len(api.requests) == 1


def test_a_server_that_tells_streams_apart_is_asked_for_stdout(api, read):
    version(api, "34+")
    assert read(b"both") == {"r": b"out "}
    assert api.seen("log.container=main&stream=Stdout")


def test_a_server_that_does_not_offer_it_is_asked_once(api, read):
    version(api, "34")
    api.faults = [("/log", 422, {"message": "stream: Forbidden: may not be specified"})]
    assert read(b"both") == {"l": b"both"}
    assert read(b"again") == {"l": b"again"}
    assert len(api.requests) == 2


def test_trouble_costs_the_streams_and_nothing_else(api, read):
    version(api, "34")
    api.faults = [("/version", 500, {}), ("/log", 500, {})]
    assert read(b"1") == {"l": b"1"}
    assert read(b"2") == {"l": b"2"}
    assert read(b"3") == {"r": b"out "}


def test_nothing_said_is_an_empty_result_and_no_request(api, read):
    assert read(None) == {"r": b""}
    assert read(b"") == {"r": b""}
    assert api.requests == []


def test_a_long_log_is_cut_to_its_end_and_not_asked_for_again(api, read):
    version(api, "34")
    assert read(b"a" * (9 << 20) + b"end") == {"l": b"a" * (262144 - 3) + b"end"}
    assert api.requests == []
