"""Trouble ends when it is cleared, and by itself when nobody tells it again."""

import asyncio

from libs.common.trouble import Trouble


async def test_f_82_trouble_that_is_not_told_again_is_over() -> None:
    """F-82: what failed once does not keep a process from being ready for ever; told again, it stands again."""
    trouble = Trouble(lasts_s=0.05)
    assert trouble.words == ""
    trouble.tell("the broker is away")
    await asyncio.sleep(0.2)
    assert trouble.words == ""
    trouble.tell("the broker is away")
    lasting = Trouble(lasts_s=3600)
    lasting.tell("handling fails")
    await asyncio.sleep(0.2)
    assert lasting.words == "handling fails"
    lasting.clear()
    assert lasting.words == ""
