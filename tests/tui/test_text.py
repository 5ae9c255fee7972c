import pytest
from hypothesis import given
from hypothesis import strategies as st

from argotui.tui import text


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "   0s"),
        (8.9, "   8s"),
        (59, "  59s"),
        (62, "1m02s"),
        (599, "9m59s"),
        (724, "12m04"),
        (3599, "59m59"),
        (3780, " 1h03"),
        (86399, "23h59"),
        (90000, " 1d01"),
        (86400 * 12, "12d00"),
        (86400 * 400, " 400d"),
        (-5, "   0s"),
        (None, "     "),
    ],
)
def test_a_duration_takes_five_cells(seconds, shown):
    assert text.duration(seconds) == shown


@given(st.floats(min_value=0, max_value=1e9))
def test_no_duration_takes_more(seconds):
    assert text.width(text.duration(seconds)) == 5


def test_a_name_gives_way_from_its_middle():
    assert text.middle("build-image-for-linux-arm64", 16) == "build-im…x-arm64"
    assert text.middle("short", 16) == "short"


@given(st.text(max_size=60), st.integers(min_value=1, max_value=30))
def test_cut_texts_fit(said, cells):
    said = text.safe(said)
    assert text.width(text.middle(said, cells)) <= cells
    assert text.width(text.cut(said, cells)) <= cells


@given(st.text(max_size=200))
def test_safe_text_is_one_printable_line(said):
    shown = text.safe(said)
    assert shown.isprintable()
    assert text.safe(shown) == shown


@given(st.text(max_size=50))
def test_safe_text_can_be_ascii(said):
    assert text.safe(said, ascii_only=True).isascii()


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\x1b[2Jb", "a␛[2Jb"),
        ("a\nb\tc", "a␊b c"),
        ("a\u202eb", "a\\u202eb"),
        ("a\x9bb", "a\\x9bb"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("c" + "\u0301" * 40, "c" + "\u0301" * 2),
    ],
)
def test_what_a_terminal_would_obey_is_spelt_out(hostile, shown):
    assert text.safe(hostile) == shown
