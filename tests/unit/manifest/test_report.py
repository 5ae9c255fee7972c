"""Problems as people see them."""

from __future__ import annotations

from argotui.manifest.check import check
from argotui.manifest.report import one_line, report, summary
from argotui.model.errors import Problem
from tests.unit.manifest.helpers import loaded

TEXT = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: release-}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - name: scan
            template: scann
        - - name: image
            template: scan
            when: "{{workflow.name}} == prod-eu"
    - name: scan
      container: {image: "x:{{inputs.parameters.tga}}"}
"""


def test_a_manifest_with_problems_is_shown_with_its_lines():
    library = loaded(TEXT)
    found = check(library.workflows[0], library, strict=False)
    assert report(found, {"f0.yaml": TEXT}) == (
        "f0.yaml: 2 problems, 1 warning\n"
        "  10:23  templates.main.steps[0].scan template name 'scann' undefined\n"
        "          9 │         - - name: scan\n"
        "         10 │             template: scann\n"
        "            │                       ^^^^^\n"
        "         → did you mean 'scan'?\n"
        "  13:41  warning[when-unquoted]: prod-eu in `when` reads as a subtraction; "
        "quote it: 'prod-eu'\n"
        "  15:29  templates.main.steps[1].image templates.scan: failed to resolve "
        "{{inputs.parameters.tga}}\n"
        "         14 │     - name: scan\n"
        '         15 │       container: {image: "x:{{inputs.parameters.tga}}"}\n'
        "            │                             ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "         → the template declares no inputs.parameters: add '- name: tga' there\n"
    )


def test_on_a_narrow_screen_sentences_are_broken_and_lines_cut():
    library = loaded(TEXT.replace("when:", "# " + "x" * 90 + "\n            when:"))
    text = library.places[id(library.workflows[0].source)].source.text
    found = check(library.workflows[0], library, strict=False)
    shown = report(found, {"f0.yaml": "\n".join(map(text.line, range(1, 20)))}, width=60)
    assert max(map(len, shown.splitlines())) <= 60
    assert "\n  14:41  warning[when-unquoted]: prod-eu in `when` reads as\n" in shown
    assert "\n         a subtraction\n         → quote it: 'prod-eu'\n" in shown
    assert "{{inputs.parameters.tga}}\n" in shown


def test_a_problem_fits_on_one_line():
    problem = Problem(what="no\nline", hint="do", file="a.yaml", line=3, column=4)
    assert one_line(problem) == "a.yaml:3:4: no\\nline; do"


def test_nothing_of_a_manifest_reaches_the_terminal_raw():
    text = "a: \x1b[2J\u202e\x07\n"
    problem = Problem(what="bad \x1b]0;x\x07", file="\x1b.yaml", line=1, column=4)
    shown = report([problem], {"\x1b.yaml": text})
    assert not set(shown) & set("\x1b\x07\u202e\x9b")
    assert "a: \\x1b[2J\\u202e\\x07" in shown


def test_the_mark_stands_below_the_word_also_behind_wide_ones():
    problem = Problem(what="x", file="f", line=1, column=7)
    shown = report([problem], {"f": "日本: [ab, c]\n"}).splitlines()
    assert shown[1:] == ["  1:7  x", "       1 │ 日本: [ab, c]", "         │         ^"]


def test_long_lines_are_cut_around_the_place():
    line = "a: [" + "x, " * 500 + "here]"
    problem = Problem(what="x", file="f", line=1, column=line.index("here") + 1)
    shown = report([problem], {"f": line}).splitlines()
    assert max(map(len, shown)) < 125
    marked = shown[3].index("^")
    assert shown[2][marked : marked + 4] == "here"


def test_files_come_one_after_the_other_and_without_text_without_lines():
    found = [Problem(what="one", file="a", line=2, column=1), Problem(what="two", file="b")]
    assert report(found, {}) == "a: 1 problem\n  2:1  one\n\nb: 1 problem\n    two\n"
    assert report([], {}) == ""
    assert summary([]) == "no problems"
