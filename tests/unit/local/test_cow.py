"""What the whale says."""

from __future__ import annotations

import io

from argotui.runtimes.local import cow


def test_one_line_has_a_pointed_balloon():
    assert cow.balloon("hello world").split("\n") == [
        " _____________ ",
        "< hello world >",
        " ------------- ",
    ]


def test_long_texts_are_wrapped_and_framed():
    lines = cow.balloon("one two three", width=7).split("\n")
    assert lines[1:-1] == ["/ one two \\", "\\ three   /"]
    assert cow.balloon("a\nb\nc").split("\n")[2] == "| b |"


def test_an_empty_text_is_a_balloon_too():
    assert cow.balloon("") == " __ \n<  >\n -- "


def test_a_whale_by_default_and_figures_by_name(capsys):
    assert cow.main(["hi", "there"]) == 0
    assert capsys.readouterr().out.startswith(" __________ \n< hi there >\n")
    assert cow.main(["-f", "tux", "hi"]) == 0
    assert "o_o" in capsys.readouterr().out
    assert cow.main(["-f", "nobody", "hi"]) == 2
    assert "nobody" in capsys.readouterr().err


def test_the_text_can_come_from_stdin(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("from a pipe\n"))
    assert cow.main([]) == 0
    assert "< from a pipe >" in capsys.readouterr().out
