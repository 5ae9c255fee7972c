"""YAML as go-yaml reads it, and everything that a file can do to a reader."""

from __future__ import annotations

import pytest

from argotui.manifest.yaml import MAX_BYTES, MAX_VALUES, compose, decode_text


def data(text: str) -> object:
    documents, problems = compose(text, "f")
    assert problems == []
    return documents[0].data


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("y", True),
        ("Yes", True),
        ("on", True),
        ("n", False),
        ("OFF", False),
        ("~", None),
        ("Null", None),
        ("017", 15),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b101", 5),
        ("-0x10", -16),
        ("1_000", 1000),
        ("+5", 5),
        ("08", 8),
        (".5", 0.5),
        ("1e3", 1000),
        ("1.0", 1),
        ("1.5e-7", 1.5e-7),
        ("1e21", 1e21),
        ("12345678901234567890", 12345678901234567890),
        ("99999999999999999999", 100000000000000000000),
        ("12:30:45", "12:30:45"),
        ("2024-01-15", "2024-01-15"),
        ("yEs", "yEs"),
        ("'y'", "y"),
        ('"017"', "017"),
        ("1__0.x", "1__0.x"),
        ("-", "-"),
        ("!!str 12", "12"),
        ("!!int '12'", 12),
        ("!!binary aGk=", "hi"),
    ],
)
def test_a_scalar_is_what_go_yaml_makes_of_it(written, value):
    read = data(f"k: {written if written != '-' else repr('-')}")
    assert read == {"k": value}
    assert type(read["k"]) is type(value)


def test_keys_become_the_text_that_json_has():
    assert data("1: a\ny: b\n1.5: c\n0x10: d\nno: e") == {
        "1": "a",
        "true": "b",
        "1.5": "c",
        "16": "d",
        "false": "e",
    }


def test_merge_keys_yield_to_own_keys_and_to_earlier_ones():
    text = "a: &a {x: 1, w: 2}\nb: &b {x: 9, z: 3}\nc:\n  <<: [*a, *b]\n  w: own\nd: {'<<': 1}"
    read = data(text)
    assert read["c"] == {"x": 1, "w": "own", "z": 3}
    assert read["d"] == {"<<": 1}


def test_json_with_surrogate_pairs_and_tabs_is_read():
    assert data('{\n\t"a": "\\ud83d\\ude00", "b": [1, true, null]}') == {
        "a": "😀",
        "b": [1, True, None],
    }


def test_documents_of_a_stream_are_told_apart_and_empty_ones_passed_over():
    documents, problems = compose("a: 1\n---\n---\n# nothing\n---\nb: 2\n", "f")
    assert problems == []
    assert [document.data for document in documents] == [{"a": 1}, {"b": 2}]


def test_values_and_keys_are_found_again():
    text = "a:\n  - x: 1\n    w: {z: hello}\nb: &b {q: 1}\nc: {<<: *b}\n"
    document = compose(text, "f")[0][0]
    assert document.locate(("a", 0, "x")) == (2, 8)
    assert document.locate(("a", 0, "w", "z")) == (3, 12)
    assert document.locate(("a", 0, "w", "z"), key=True) == (3, 9)
    assert document.locate(("c", "q")) == (4, 11)
    assert document.locate(("a", 0, "nothing", "there")) == (2, 5)
    assert document.source.find(("a", 0, "w", "z"), "llo") == (3, 14)
    assert document.source.excerpt(2) == "  - x: 1"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: 1\nb: c: d\n", (2, 5), "a second ': '"),
        ("a:\n\t- b\n", (2, 1), "a tab is used for indentation"),
        ("a: 'x\nb: 1\n", (1, 4), "does not end; add the closing quote"),
        ("a: [1, 2\nb: 3", (1, 4), "opened with '[' here is not closed"),
        ("a: {b: 1\n", (1, 4), "opened with '{' here is not closed"),
        ("- a\nb: c", (2, 1), "a list item was expected"),
        ("a: @x", (1, 4), "a value cannot begin with '@'"),
        ('a: "\\q"', (1, 5), "unknown escape"),
        ("a: *nobody", (1, 4), "unknown anchor 'nobody'"),
        ("a: &a [*a]", (1, 8), "contains itself"),
        ("a: !mine b", (1, 4), "the tag !mine means nothing to Argo"),
        ("a: !!python/object:os.system b", (1, 4), "the tag !!python/object:os.system"),
        ("a: {{ x }}", (1, 4), 'must be quoted; write "{{ x }}"'),
        ("a: {{x}}:3", (1, 4), "must be quoted; write '{{x}}:3'"),
        ("- {{x}} y", (1, 3), "must be quoted; write '{{x}} y'"),
        ("a:\n  {{- if .Values.x }}\n  b: c\n", (2, 3), "render it first: helm template"),
        ("a: x\n b:\n \tc: d\n", (2, 3), "a second ': '"),
        ("%YAML 3.0\n---\na: b\n", (1, 1), "remove the line that begins with %YAML"),
        ("a:\n  b: c\n\td: e\n", (3, 1), "a tab is used for indentation"),
        ("{[a]: b}", (1, 2), "a key must be text, not a list or a mapping; quote it"),
        ("a: .inf", (1, 4), "inf is no JSON number"),
        ("a: .nan", (1, 4), "no JSON number"),
        ("a: 1e999", (1, 4), "inf is no JSON number"),
        ("~: 1", (1, 1), "a key is null"),
        ("a: b\x07", (1, 5), "control character U+0007"),
        ("a: \x00\x01", (1, 4), "this looks like a binary file"),
        ("a: \ud800", (1, 4), "control character U+D800"),
        ("[" * 100_000, (1, 201), "nested more than 200 levels deep"),
        ("a: 1\n...\nb: c\n d: e", (3, 1), "text after the end of the document"),
        ("a: {<<: 5}", (1, 9), "map merge requires map or sequence of maps"),
        ("a: !!int x", (1, 4), "cannot read `x` as a !!int"),
    ],
)
def test_what_cannot_be_read_is_one_problem_at_its_place(text, place, said):
    _, problems = compose(text, "f")
    assert len(problems) == 1
    assert (problems[0].line, problems[0].column) == place
    assert said in str(problems[0])
    assert problems[0].file == "f"


def test_a_key_twice_is_a_warning_and_the_last_one_counts_as_in_argo():
    documents, problems = compose("a: 1\nb:\n  a: 2\n  a: 3\n", "f")
    assert documents[0].data == {"a": 1, "b": {"a": 3}}
    assert [str(problem) for problem in problems] == [
        'f:4:3: warning[duplicate-key]: key "a" already set in map; '
        "the value of line 3 is lost; keep one of the two"
    ]


def test_what_was_read_before_a_syntax_error_is_kept():
    documents, problems = compose("a: 1\n---\nb: [\n", "f")
    assert [document.data for document in documents] == [{"a": 1}]
    assert len(problems) == 1


def test_a_bomb_of_aliases_is_refused_before_it_grows():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for i in range(1, 30):
        bomb += f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n"
    documents, problems = compose(bomb, "f")
    assert documents == []
    assert f"more than {MAX_VALUES:,} values" in problems[0].what


def test_files_that_are_too_big_are_not_parsed():
    problem = decode_text(b"a" * (50 * 1024 * 1024), "f")
    assert "has 50 MB; manifests over 16 MB are not read" in problem.what
    assert compose("a" * (MAX_BYTES + 1), "f")[1][0].what.endswith("are not read")


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        (b"a: 1\nb: \xff\xfe\n", (2, 4), "byte 0xFF is not UTF-8; save it as UTF-8"),
        (b"\x7fELF\x00\x80\x81", (1, 6), "byte 0x80 is not UTF-8; this looks like a binary file"),
        ("a: ü".encode("utf-16"), (0, 0), "the file is UTF-16; save it as UTF-8"),
    ],
)
def test_bytes_that_are_no_text_are_refused(content, place, said):
    problem = decode_text(content, "f")
    assert (problem.line, problem.column) == place
    assert said in str(problem)


def test_a_byte_order_mark_is_nothing():
    assert decode_text(b"\xef\xbb\xbfa: 1", "f") == "a: 1"
    assert data("\ufeffa: 1") == {"a": 1}


def test_a_tag_without_quotes_goes_on_as_if_it_had_some():
    documents, [problem] = compose("a: {{ x }}\nb: [1]\n", "f")
    assert documents[0].data == {"a": "{{ x }}", "b": [1]}
    assert problem.hint == 'write "{{ x }}"'


def test_each_document_of_a_joined_file_may_begin_with_a_byte_order_mark():
    documents, problems = compose("\ufeffa: 1\n---\n\ufeffb: '\ufeff'\n", "f")
    assert problems == []
    assert [document.data for document in documents] == [{"a": 1}, {"b": "\ufeff"}]
