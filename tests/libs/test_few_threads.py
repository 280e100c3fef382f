"""Work that few may do at once: in turn, and nobody else's threads are held meanwhile."""

import asyncio
import threading

import pytest

from libs.common.few_threads import FewThreads, NoTurn


async def test_no_more_at_once_than_may() -> None:
    """Twelve ask, two work at a time, in the order in which they asked."""
    lock, at_work, most, order = threading.Lock(), 0, 0, []
    few = FewThreads(2, 30)

    def work(nth: int) -> int:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
            order.append(nth)
        threading.Event().wait(0.02)
        with lock:
            at_work -= 1
        return nth

    assert await asyncio.gather(*(few.run(work, nth) for nth in range(12))) == list(range(12))
    assert most == 2
    assert order == list(range(12))


async def test_who_has_no_turn_in_time_is_told_and_never_begins() -> None:
    """The one at work goes on; the one that waited too long was not begun behind its back."""
    few, go_on, begun = FewThreads(1, 0.1), threading.Event(), []
    first = asyncio.create_task(few.run(go_on.wait, 30))
    await asyncio.sleep(0.05)
    with pytest.raises(NoTurn):
        await few.run(begun.append, 1)
    go_on.set()
    assert await first
    await few.run(begun.append, 2)
    assert begun == [2]


async def test_who_waits_holds_no_thread_of_others() -> None:
    """A hundred wait for one turn, and what goes beside the loop is done at once."""
    few, go_on = FewThreads(1, 30), threading.Event()
    waiting = [asyncio.create_task(few.run(go_on.wait, 30)) for _ in range(100)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(asyncio.to_thread(lambda: 42), 20) == 42
    go_on.set()
    assert all(await asyncio.gather(*waiting))


async def test_errors_are_handed_on() -> None:
    """What the work raises is raised."""
    with pytest.raises(ZeroDivisionError):
        await FewThreads(1, 1).run(divmod, 1, 0)
