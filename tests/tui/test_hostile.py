"""Names, messages, values and logs that want to break the screen."""

import asyncio

import pytest

from tests.tui.apps import app_for
from tests.tui.fake_run import FakeRun
from tests.tui.waiting import until

HOSTILE = [
    "\x1b[2J\x1b[H\x1b]0;owned\x07\x1b]52;c;ZXZpbA==\x07",
    "line one\nline two\r\nline three\rover",
    "\u202egnp.exe\u2066\u200b\ufeff",
    "שלום עולם مرحبا بالعالم",
    "[bold red]markup[/] [@click=app.quit]x[/] $var {{x}}",
    "x" * 5000,
    "中文" * 100 + "👩‍👩‍👧‍👦" * 10 + "Z\u0351\u036b\u0343\u036a\u0302" * 20,
    "\x9b31m\x00\x7f\x85\u2028\u2029",
    "",
]


def run_with(text, folder):
    run = FakeRun(name="run", folder=folder, where=text, workflow_name=text)
    run.run(name=text, message=text)
    run.node("", kind="DAG", template_name=text, message=text)
    node = run.node(
        f".a{text}",
        "Failed",
        id="run-1",
        ran=1,
        message=text,
        template_name=text,
        waits_for=text,
        pod_name=text,
        host_node_name=text,
        inputs={"parameters": [{"name": text, "value": text}]},
        outputs={"parameters": [{"name": text, "value": text}], "result": text},
        observed={"containers": [{"name": text, "state": text, "reason": text, "detail": text}]},
    )
    run.node(
        f".gate{text}",
        kind="Suspend",
        inputs={"parameters": [{"name": "message", "value": text}, {"name": text, "enum": [text]}]},
        outputs={"parameters": [{"name": text, "valueFrom": {"supplied": {}}}]},
    )
    run.plan("", (f"later{text}", (text,)), when=text)
    run.log(node, text.encode() + b"\n")
    return run


CASES = [(text, (80, 24)) for text in HOSTILE]
CASES += [(HOSTILE[at], size) for at in (0, 5, 6) for size in ((160, 50), (20, 6))]


@pytest.mark.parametrize(
    ("text", "size"),
    [CASES[0], *(pytest.param(*case, marks=pytest.mark.slow) for case in CASES[1:])],
    ids=range(len(CASES)),
)
def test_no_text_reaches_the_terminal_raw_or_breaks_a_line(text, size, tmp_path):
    run = run_with(text, tmp_path)
    keys = [
        "g",
        "j",
        "enter",
        "2",
        "4",
        "3",
        "w",
        "t",
        "escape",
        "escape",
        "G",
        "k",
        "a",
        "tab",
        "escape",
        "x",
        "escape",
        "g",
        "slash",
        *"gate",
        "enter",
        "question_mark",
    ]

    async def main():
        app = app_for(run, ascii_only=False)
        async with app.run_test(size=size) as pilot:
            await until(pilot, "the run", lambda: app.presenter.info is not None)
            check(app)
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
                check(app)

    asyncio.run(main())


def check(app):
    """Every line of the screen is exactly as wide as it, and all of it is printable."""
    for strip in app.screen._compositor.render_strips():
        text = "".join(segment.text for segment in strip)
        assert text.isprintable(), repr(text)
        assert strip.cell_length == app.size.width, repr(text)
