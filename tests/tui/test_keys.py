from argotui.tui import keys
from argotui.tui.keys import Situation
from argotui.tui.look import ASCII, UNICODE, State
from argotui.tui.screens.help import page
from argotui.tui.text import width
from argotui.tui.widgets.footer import footer_line


def labels(on):
    return [action.label for action in keys.footer(on)]


def test_no_key_means_two_things_in_one_place():
    always = [key for place in (keys.ANYWHERE, keys.NODE) for a in keys.at(place) for key in a.keys]
    for place in (keys.TREE, keys.LOG):
        mine = [key for action in keys.at(place) for key in action.keys]
        assert len(mine + always) == len(set(mine + always)), place


def test_the_footer_says_what_matters_on_the_cursors_row():
    assert labels(Situation(state=State.WAITING, waiting=1, narrow=True))[:3] == [
        "approve",
        "reject",
        "details",
    ]
    assert labels(Situation(state=State.RUNNING, waiting=2, has_log=True))[0] == "next waiting"
    assert labels(Situation(state=State.SUCCEEDED, failed=3))[0] == "next failed"
    assert labels(Situation(place=keys.LOG))[:2] == ["find", "keep only"]
    assert "approve" not in labels(Situation(state=State.WAITING, waiting=1, driver_gone=True))
    assert all(labels(Situation(state=state))[-1] == "keys" for state in State)


def test_the_footer_never_takes_more_than_its_line():
    for size in (20, 40, 80, 160):
        line = footer_line(
            Situation(state=State.WAITING, waiting=1), size, UNICODE, right="follow on"
        )
        assert width("".join(part for part, _ in line)) == size


def test_the_palette_offers_what_can_be_done_and_nothing_else():
    offered = {action.id for action in keys.offered(Situation(waiting=1))}
    assert {"approve", "stop", "terminate", "suspend", "detach"} <= offered
    assert "resume" not in offered
    ended = {action.id for action in keys.offered(Situation(run_open=False))}
    assert not {"approve", "stop", "terminate", "suspend", "resume"} & ended


def test_the_help_tells_every_action():
    text = "\n".join("".join(part for part, _ in line) for line in page(keys.TREE, 80, UNICODE))
    for action in keys.ACTIONS:
        assert action.about in text, action.id
    assert text.index("On the tree") < text.index("In a log")
    log_first = page(keys.LOG, 80, UNICODE)
    assert log_first[0][0][0] == "In a log"


def test_the_help_can_be_ascii():
    for line in page(keys.TREE, 160, ASCII):
        assert "".join(part for part, _ in line).isascii()
