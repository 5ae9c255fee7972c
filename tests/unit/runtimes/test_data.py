"""Listings without a store: what completes a location, which secrets are read, what is said."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Any

import pytest

from argotui.model.work import DataWork, PodState
from argotui.runtimes.data import Given, perform
from argotui.runtimes.port import RunPlace
from argotui.runtimes.stores import StoreError, to_list
from argotui.runtimes.stores.repository import DEFAULT_KEY, completed

REPOSITORY = "s3: {endpoint: e:1, bucket: b, insecure: true, keyFormat: x, region: r}"
MAP = {
    "metadata": {"name": "artifact-repositories", "annotations": {DEFAULT_KEY: "one"}},
    "data": {
        "one": REPOSITORY,
        "two": "gcs: {bucket: g}",
        "bad": "a: [",
        "none": "archiveLogs: true",
    },
}


def complete(location: dict[str, Any], **more: Any) -> Any:
    maps = {"artifact-repositories": MAP, "mine": MAP}
    return completed(DataWork(location=location, **more), maps.get)


def test_a_location_that_says_where_is_left_alone() -> None:
    whole = {"s3": {"endpoint": "e", "bucket": "b", "key": "k"}}
    assert completed(DataWork(location={"name": "n", **whole}), lambda name: None) == whole


def test_a_key_alone_is_completed_from_the_default_repository() -> None:
    want = {"endpoint": "e:1", "bucket": "b", "insecure": True, "region": "r", "key": "k"}
    assert complete({"s3": {"key": "k"}}) == {"s3": want}
    assert complete({"s3": {"key": "k"}}, repository={"configMap": "mine"}) == {"s3": want}


def test_the_archive_location_of_the_template_comes_first() -> None:
    archive = {"s3": {"endpoint": "a", "bucket": "ab", "keyFormat": "y"}}
    assert complete({"s3": {"key": "k"}}, archive=archive) == {
        "s3": {"endpoint": "a", "bucket": "ab", "key": "k"}
    }


@pytest.mark.parametrize(
    ("location", "more", "words"),
    [
        ({"s3": {"key": "k"}}, {"repository": {"configMap": "nope"}}, "no ConfigMap 'nope'"),
        ({"s3": {"key": "k"}}, {"repository": {"key": "three"}}, "no artifact repository 'three'"),
        ({"s3": {"key": "k"}}, {"repository": {"key": "two"}}, "has no endpoint, bucket"),
        ({"s3": {"key": "k"}}, {"repository": {"key": "bad"}}, "repository 'bad'"),
        ({"gcs": {"key": "k"}}, {}, "the gcs location has no bucket"),
        ({"name": "x", "git": {"repo": "r"}}, {}, "the source says git"),
        ({}, {}, "the source says nothing"),
    ],
)
def test_what_is_lacking_is_named(location: Any, more: Any, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        complete(location, **more)


def secret(ref: Any) -> str:
    return f"<{ref['name']}.{ref['key']}>"


PAIR = {"accessKeySecret": {"name": "s", "key": "a"}, "secretKeySecret": {"name": "s", "key": "b"}}


def s3(**given: Any) -> Any:
    return to_list({"s3": {"endpoint": "h:1", "bucket": "b", **given}}, secret)


def test_an_s3_location_is_told_to_the_library() -> None:
    found = s3(key="/a//b/", insecure=True, **PAIR)
    assert (found.store, found.place, found.prefix) == ("S3Store", "b", "/a/b/")
    assert found.config == {
        "region": "us-east-1", "endpoint": "http://h:1", "virtual_hosted_style_request": False,
    }  # fmt: skip
    assert found.credentials == {"access_key_id": "<s.a>", "secret_access_key": "<s.b>"}
    assert "s.b" not in repr(found)


def test_amazon_is_asked_at_the_buckets_own_address_and_region() -> None:
    found = s3(endpoint="s3.eu-west-1.amazonaws.com", useSDKCreds=True, **PAIR)
    assert found.config["endpoint"] == "https://b.s3.eu-west-1.amazonaws.com"
    assert found.config["region"] == "eu-west-1"
    assert found.credentials is None
    assert s3(endpoint="s3.amazonaws.com", addressingStyle="path").config["endpoint"] == (
        "https://s3.amazonaws.com"
    )


def test_a_temporary_token_goes_with_the_keys() -> None:
    found = s3(sessionTokenSecret={"name": "s", "key": "t"}, **PAIR)
    assert found.credentials["token"] == "<s.t>"


def test_the_other_stores_have_their_own_words() -> None:
    gcs = to_list(
        {"gcs": {"bucket": "g", "key": "k", "serviceAccountKeySecret": {"name": "s", "key": "j"}}},
        secret,
    )
    assert (gcs.store, gcs.prefix, gcs.config) == (
        "GCSStore",
        "k",
        {"service_account_key": "<s.j>"},
    )
    azure = to_list(
        {"azure": {"endpoint": "https://acc.blob.core.windows.net", "container": "c", "blob": "k"}},
        secret,
    )
    assert (azure.store, azure.place, azure.config["account_name"]) == ("AzureStore", "c", "acc")
    oss = to_list({"oss": {"endpoint": "https://oss-x.aliyuncs.com", "bucket": "o"}}, secret)
    assert (oss.config["endpoint"], oss.config["region"]) == ("https://o.oss-x.aliyuncs.com", "x")


def given(tmp_path: Path, read: Any = None) -> Given:
    held = {"data": {"a": base64.b64encode(b"AK").decode()}}
    place = RunPlace(
        run_id="r", workflow_name="wf", namespace="default", folder=tmp_path, logs=tmp_path,
        work=tmp_path, secrets={"s": held},
    )  # fmt: skip
    return Given(place=place, read=read)


WORK = DataWork(location={"s3": {"endpoint": "h", "bucket": "b", **PAIR}})


def test_a_secret_that_is_not_there_is_named(tmp_path: Path) -> None:
    report = perform(WORK, given(tmp_path))
    assert report.state is PodState.FAILED
    assert "no Secret 's' with the key 'b'" in report.message


def test_the_clusters_own_are_asked_after_those_of_the_files(tmp_path: Path) -> None:
    asked = []

    def read(kind: str, name: str) -> Any:
        asked.append((kind, name))
        return MAP if kind == "ConfigMap" else {"data": {}}

    perform(DataWork(location={"s3": {"key": "k", **PAIR}}), given(tmp_path, read))
    assert asked == [("ConfigMap", "artifact-repositories")]
    away = {**PAIR, "accessKeySecret": {"name": "away", "key": "a"}}
    whole = DataWork(location={"s3": {"endpoint": "h", "bucket": "b", **away}})
    perform(whole, given(tmp_path, read))
    assert asked[1:] == [("Secret", "away")]


def test_no_message_holds_a_secret(tmp_path: Path) -> None:
    found = given(tmp_path)
    found.secret({"name": "s", "key": "a"})
    assert found.without_secrets("no user AK here") == "no user *** here"


def test_without_the_library_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    report = perform(DataWork(location={"gcs": {"bucket": "b"}}), given(tmp_path))
    assert "pip install 'argotui[gcs]'" in report.fault
