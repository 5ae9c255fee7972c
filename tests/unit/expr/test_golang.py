"""Go's formats: Sprintf, numbers, quoting, durations, times."""

from __future__ import annotations

import contextlib
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argotui.expr.errors import ExpressionError
from argotui.expr.golang import (
    STRFTIME,
    compact_json,
    duration_text,
    float_text,
    go_duration,
    json_number,
    parse_duration,
    print_value,
    quote,
    rfc3339,
    seconds_text,
    sprintf,
    strftime,
)
from argotui.expr.layout import layout_format, layout_parse


@pytest.mark.parametrize(
    ("template", "number", "wanted"),
    [
        ("%d", 5, "5"),
        ("testuser%02X", 10, "testuser0A"),
        ("u%03X-%%", 9, "u009-%"),
        ("%5d", 1, "    1"),
        ("%-5d|", 2, "2    |"),
        ("%05d", -3, "-0003"),
        ("%+d", 4, "+4"),
        ("%[1]x|%[1]o|%[1]b|%[1]c|%[1]q|%[1]U", 65, "41|101|1000001|A|'A'|U+0041"),
        ("%#[1]x %#[1]o %[1]O", 8, "0x8 010 0o10"),
        ("%.3d", 7, "007"),
        ("%s", 5, "%!s(int=5)"),
        ("%+4s", 5, "%!s(int=  +5)"),
        ("x", 5, "x%!(EXTRA int=5)"),
        ("%d %d", 1, "1 %!d(MISSING)"),
        ("%[2]d", 1, "%!d(BADINDEX)"),
        ("%*d", 4, "%!d(MISSING)"),
        ("%*[1]d", 4, "   4"),
        ("%", 1, "%!(NOVERB)%!(EXTRA int=1)"),
        ("%v %[1]T", 1, "1 int"),
        ("%1000000000d", 1, "%!(NOVERB)%!(EXTRA int=1)"),
    ],
)
def test_sprintf(template, number, wanted):
    assert sprintf(template, number) == wanted


@pytest.mark.parametrize("template", ["%1000000d", "%.1000000d", "%20000s"])
def test_a_huge_width_is_refused(template):
    with pytest.raises(ExpressionError):
        sprintf(template, 1)


@given(st.text(alphabet="%dsvqxXfTc+-# 0123.*a[]", max_size=12))
def test_sprintf_never_fails_otherwise(template):
    with contextlib.suppress(ExpressionError):
        assert isinstance(sprintf(template, 5), str)


@pytest.mark.parametrize(
    ("value", "printed", "encoded"),
    [
        (0.0, "0", "0"),
        (-0.0, "-0", "-0"),
        (1.0, "1", "1"),
        (1.5, "1.5", "1.5"),
        (100000.0, "100000", "100000"),
        (1e6, "1e+06", "1000000"),
        (1234567.5, "1.2345675e+06", "1234567.5"),
        (1e20, "1e+20", "100000000000000000000"),
        (1e21, "1e+21", "1e+21"),
        (0.0001, "0.0001", "0.0001"),
        (0.00001, "1e-05", "0.00001"),
        (1.5e-7, "1.5e-07", "1.5e-7"),
        (1 / 3, "0.3333333333333333", "0.3333333333333333"),
        (0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"),
        (5e-324, "5e-324", "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308", "1.7976931348623157e+308"),
    ],
)
def test_floats(value, printed, encoded):
    assert float_text(value) == printed
    assert json_number(value) == encoded


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_float_texts_read_back(value):
    assert float(float_text(value)) == value
    assert float(json_number(value)) == value


def test_infinity_has_no_json():
    assert print_value(math.inf) == "+Inf"
    with pytest.raises(ExpressionError):
        json_number(math.inf)


def test_quoting_is_gos():
    assert quote('a"\\\n\t\x1b\x7f\u00a0\u200b\u00e9\U0001f600') == (
        '"a\\"\\\\\\n\\t\\x1b\\x7f\\u00a0\\u200b\u00e9\U0001f600"'
    )


def test_json_has_sorted_keys_and_html_escapes():
    value = {"b": [1, 1.5, None, True], "a": "<\u2028\x7f\u00e9>"}
    assert compact_json(value) == '{"a":"\\u003c\\u2028\x7f\u00e9\\u003e","b":[1,1.5,null,true]}'
    assert compact_json("<", html=False) == '"<"'


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5),
        ("-1", -1),
        ("0", 0),
        ("1h2m3.5s", 3723.5),
        ("300ms", 0.3),
        ("-1.5h", -5400),
        ("1us", 1e-6),
        ("1µs", 1e-6),
        (".5s", 0.5),
        (" 10s ", None),
        ("1d", None),
        ("", None),
        ("s", None),
        ("1", 1),
        ("1 s", None),
        ("1.5", None),
        ("9" * 30 + "h", None),
    ],
)
def test_durations_are_read(text, seconds):
    assert go_duration(text) == seconds


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1_500, "1.5µs"),
        (300_000_000, "300ms"),
        (1_500_000_000, "1.5s"),
        (3600 * 10**9, "1h0m0s"),
        (-90 * 10**9, "-1m30s"),
    ],
)
def test_durations_are_written(nanoseconds, text):
    assert duration_text(nanoseconds) == text
    assert parse_duration(text) == nanoseconds


@given(st.integers(min_value=-(10**18), max_value=10**18))
def test_durations_read_back(nanoseconds):
    assert parse_duration(duration_text(nanoseconds)) == nanoseconds


TIME = datetime(2026, 1, 2, 15, 4, 5, 67000, UTC).timestamp()


def test_the_letters_of_the_creation_time():
    parts = {letter: strftime(letter, TIME) for letter in STRFTIME}
    assert parts == {
        "B": "January",
        "b": "Jan",
        "m": "01",
        "A": "Friday",
        "a": "Fri",
        "d": "02",
        "H": "15",
        "I": "03",
        "M": "04",
        "S": "05",
        "Y": "2026",
        "y": "26",
        "p": "PM",
        "Z": "UTC",
        "z": "+0000",
        "L": ".067",
    }
    with pytest.raises(KeyError):
        strftime("Q", TIME)


def test_times_and_seconds():
    assert rfc3339(TIME) == "2026-01-02T15:04:05Z"
    assert seconds_text(12.3456789) == "12.345679"


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("2006-01-02T15:04:05Z07:00", "2026-01-02T15:04:05Z"),
        ("Mon Jan _2 15:04:05 2006", "Fri Jan  2 15:04:05 2026"),
        ("Monday, 02-Jan-06 15:04:05 MST", "Friday, 02-Jan-26 15:04:05 UTC"),
        ("January 2, 2006 at 3:04pm", "January 2, 2026 at 3:04pm"),
        ("2006-01-02 15:04:05.000", "2026-01-02 15:04:05.067"),
        ("2006-01-02 15:04:05.999999", "2026-01-02 15:04:05.067"),
        ("20060102150405", "20260102150405"),
        ("2006-002", "2026-002"),
    ],
)
def test_layouts_write_and_read(layout, text):
    time = datetime.fromtimestamp(int(TIME), UTC)
    assert layout_format(layout, time, 67_000_000) == text
    parsed, _, _ = layout_parse(layout, text)
    assert parsed.date() == time.date()


def test_a_text_of_another_layout_is_refused():
    with pytest.raises(ExpressionError, match=r'parsing time "x" as "2006": cannot parse'):
        layout_parse("2006", "x")
    with pytest.raises(ExpressionError, match="parsing time"):
        layout_parse("2006-01-02", "2026-13-40")
