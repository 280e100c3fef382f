"""The connection that readiness asks over: kept while probes come, given back when nobody asks."""

import asyncio

from libs.common import readiness
from libs.common.readiness import Readiness


async def test_the_connection_is_given_back_when_nobody_asks(databases, monkeypatch) -> None:
    """Two questions in a row are asked over one connection; after a pause it is gone, and the next one has another."""
    monkeypatch.setattr(readiness, "KEPT_S", 0.3)
    asked = Readiness("billing", await databases.fresh("billing"), (), list)
    assert await asked.why_not() == ""
    first = asked._connection
    await asyncio.sleep(0.2)
    assert await asked.why_not() == ""
    assert asked._connection is first
    await asyncio.sleep(0.2)
    assert asked._connection is first, "the pause begins anew with each question"
    await asyncio.sleep(0.4)
    assert asked._connection is None
    assert first.is_closed()
    assert await asked.why_not() == ""
    assert asked._connection is not None
    await asked.close()
