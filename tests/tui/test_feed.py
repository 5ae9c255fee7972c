"""The feed merges, waits for the screen, and says how it ended."""

import asyncio

from argotui.model.errors import RuntimeFault
from argotui.tui.feed import Connected, Gone, News, feed
from tests.tui.fake_run import release
from tests.waiting import PATIENCE, until


def messages_of(run, script, pause=0.0):
    """Run the feed with `script` beside it; return what it posted. News are taken at once."""

    async def main():
        posted = []

        def post(message):
            posted.append(message)
            if isinstance(message, News):
                message.taken.set()

        async def connect():
            return run

        task = asyncio.create_task(feed(connect, post, pause))
        await script(posted)
        await asyncio.wait_for(task, PATIENCE)
        return posted

    return asyncio.run(main())


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


def test_what_comes_in_a_burst_comes_as_one():
    run = release()

    async def script(posted):
        await settle()
        for _ in range(50):
            run.patch(".scan", message="x")
        run.end()

    connected, news, gone = messages_of(run, script)
    assert isinstance(connected, Connected)
    assert len(news.changes) == 50
    assert isinstance(gone, Gone)
    assert gone.why == ""


def test_nothing_is_sent_before_the_last_was_taken():
    run = release()

    async def main():
        posted = []

        async def connect():
            return run

        task = asyncio.create_task(feed(connect, posted.append, 0.0))
        await settle()
        for _ in range(3):
            run.patch(".scan", message="x")
            await settle()
        assert sum(isinstance(message, News) for message in posted) == 1
        posted[1].taken.set()
        await until(lambda: len(posted) > 2, "the next message")
        assert len(posted[2].changes) == 2
        task.cancel()

    asyncio.run(main())


def test_no_more_than_one_message_a_pause():
    run = release()

    async def script(posted):
        await settle()
        for _ in range(10):
            run.patch(".scan", message="x")
            await settle()
        run.end()

    posted = messages_of(run, script, pause=1.0)
    assert [len(each.changes) for each in posted if isinstance(each, News)] == [1, 9]


def test_a_driver_that_cannot_be_reached_is_told_with_its_reason():
    async def main():
        posted = []

        async def connect():
            raise RuntimeFault("no socket")

        await feed(connect, posted.append)
        return posted

    (gone,) = asyncio.run(main())
    assert gone.why == "no socket"


def test_a_fault_on_the_way_is_told_too():
    run = release()

    async def script(posted):
        await settle()
        run.end(RuntimeFault("connection reset"))

    assert messages_of(run, script)[-1].why == "connection reset"
