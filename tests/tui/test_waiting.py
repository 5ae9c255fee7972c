"""The wait of the pilot tests sees everything through, however little processor there is."""

import asyncio
import time

from tests.tui.waiting import nothing_to_do


def test_what_goes_on_without_a_processor_is_waited_for():
    async def main():
        loop, seen = asyncio.get_running_loop(), []

        def turn(number):
            time.sleep(0.002)  # as where others have the processor
            seen.append(number)
            if number < 50:
                loop.call_soon(turn, number + 1)
            elif number == 50:
                loop.call_later(0.01, seen.append, "painted")

        loop.call_soon(turn, 0)
        await nothing_to_do()
        assert seen[-1] == "painted"

    asyncio.run(main())


def test_a_clock_that_goes_on_is_not_waited_for():
    async def main():
        loop, called = asyncio.get_running_loop(), []
        loop.call_later(10, called.append, 1)
        await nothing_to_do()
        assert not called

    asyncio.run(main())
