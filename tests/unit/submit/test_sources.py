"""Files, folders, stdin: read whole or refused with the name of the file."""

import io
import sys

import pytest

from argotui.model.errors import ManifestError, UsageError
from argotui.submit.sources import (
    MAX_BYTES,
    read_manifests,
    read_parameter_files,
    read_parameters,
    split_pair,
)


def test_a_folder_is_all_its_manifests_in_order(tmp_path):
    for name in ("b.yml", "a.yaml", "sub/c.json", "notes.txt", ".hidden.yaml", ".git/x.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    found = read_manifests([str(tmp_path)])
    assert list(found) == [str(tmp_path / name) for name in ("a.yaml", "b.yml", "sub/c.json")]


def test_a_file_is_taken_whatever_its_suffix(tmp_path):
    path = tmp_path / "workflow"
    path.write_text("kind: Workflow")
    assert read_manifests([str(path)]) == {str(path): b"kind: Workflow"}


def test_stdin_is_read(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("a: é".encode())))
    assert read_manifests(["-"]) == {"<stdin>": "a: é".encode()}


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "w.yaml"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(UsageError, match="larger than 16 MiB"):
        read_manifests([str(path)])


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"gone\.yaml: no such file"):
        read_manifests([str(tmp_path / "gone.yaml")])


def test_a_folder_without_manifests_is_said(tmp_path):
    with pytest.raises(UsageError, match=r"no \.yaml"):
        read_manifests([str(tmp_path)])


def test_a_pair_is_split_at_the_first_equals():
    assert split_pair("a=b=c") == ("a", "b=c")
    assert split_pair("a=") == ("a", "")


@pytest.mark.parametrize("text", ["a", "=b", ""])
def test_what_is_no_pair_is_refused_in_argos_words(text):
    with pytest.raises(UsageError, match=r"of the form: NAME=VALUE\. Received: "):
        split_pair(text)


def test_a_parameter_given_twice_is_refused():
    with pytest.raises(UsageError, match="-p a: given twice"):
        read_parameters(["a=1", "b=2", "a=3"])


def test_parameter_files_keep_their_values(tmp_path):
    (tmp_path / "p.yaml").write_text("a: 1\nb: [1, two]\nc: 'yes'\n")
    (tmp_path / "q.json").write_text('{"d": {"x": null}}')
    found = read_parameter_files([str(tmp_path / "p.yaml"), str(tmp_path / "q.json")])
    assert found == {"a": 1, "b": [1, "two"], "c": "yes", "d": {"x": None}}


@pytest.mark.parametrize(
    ("raw", "error", "what"),
    [
        (b"a: 1\nb: \xff\n", ManifestError, "p.yaml"),
        (b"a: [1\n", ManifestError, "p.yaml"),
        (b"- a\n", UsageError, "one map"),
        (b"a: 1\n---\nb: 2\n", UsageError, "one map"),
        (b"", UsageError, "one map"),
    ],
)
def test_a_bad_parameter_file_is_told_with_its_name(tmp_path, raw, error, what):
    (tmp_path / "p.yaml").write_bytes(raw)
    with pytest.raises(error, match=what):
        read_parameter_files([str(tmp_path / "p.yaml")])


def test_a_parameter_in_two_files_is_refused(tmp_path):
    for name in ("p.yaml", "q.yaml"):
        (tmp_path / name).write_text("a: 1\n")
    with pytest.raises(UsageError, match="in another -f file too"):
        read_parameter_files([str(tmp_path / "p.yaml"), str(tmp_path / "q.yaml")])
