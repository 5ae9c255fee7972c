"""What containers write arrives in the spool: all of it, by stream, fast."""

from __future__ import annotations

import time

from argotui.model.work import PodState
from tests.contract.house import LOCAL, REAL, WAIT, contract, shell


@contract(*LOCAL)
async def test_both_streams_are_there_each_by_its_name(house):
    script = f"echo out; echo err >&2; {WAIT}; printf end"
    ref = await house.start(house.gated(script))
    await house.said(ref, "out")
    await house.said(ref, "err")
    await house.let_go()
    await house.ended(ref)
    *first, last = [(line.text, line.stderr) for line in house.lines(ref)]
    assert sorted(first) == [(b"err", True), (b"out", False)]  # two pipes have no order
    assert last == (b"end", False)


@contract(*LOCAL)
async def test_lines_come_as_they_are_written(house):
    ref = await house.start(shell("printf '50%%\\r100%%\\r'; sleep 100"))
    await house.said(ref, "50%\r100%\r")
    assert [line.text for line in house.lines(ref)] == [b"50%\r100%\r"]
    await house.runtime.stop(ref, 0.0)
    await house.ended(ref)


@contract(*REAL)
async def test_a_hundred_thousand_lines_take_no_time(house):
    spent = []
    for script in ("true", "seq 100000"):  # what a pod takes by itself depends on the machine
        began = time.monotonic()
        ref = await house.start(shell(script, main={"image": "debian"}))
        await house.ended(ref)
        spent.append(time.monotonic() - began)
    lines = house.lines(ref)
    assert len(lines) == 100_000
    assert (lines[0].text, lines[-1].text) == (b"1", b"100000")
    assert spent[1] < 5 + 3 * spent[0]


@contract(*REAL)
async def test_a_line_of_a_megabyte_is_one_line(house):
    script = "head -c 1048576 /dev/zero | tr '\\0' x; echo; echo next"
    ref = await house.start(shell(script, main={"image": "debian"}))
    await house.ended(ref)
    assert [len(line.text) for line in house.lines(ref)] == [1048576, 4]


@contract(*REAL)
async def test_what_goes_on_writing_in_the_background_does_not_hold_up_the_end(house):
    report = await house.run(shell("(while :; do echo x; sleep 0.05; done) & echo over"))
    assert report.state is PodState.SUCCEEDED  # it never ends by itself


@contract(*REAL)
async def test_output_that_nobody_reads_is_no_reason_to_die(house):
    """A command must find SIGPIPE as it is anywhere else."""
    report = await house.run(shell("yes | head -1", main={"image": "debian"}))
    assert (report.result, report.containers[0].exit_code) == ("y", 0)
