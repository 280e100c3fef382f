"""Only its owner says an event, and only on its owner's topic."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from libs.common import dead_letters, inbox
from libs.common.bus import Message
from libs.common.events.envelope import parse
from libs.common.events.metering import StatementClosed
from libs.common.events.review import SelectionAnnounced
from tests.conftest import ServiceClient

GOLDEN = Path(__file__).parents[1] / "contracts/golden"


@pytest.mark.parametrize("wrong", ["topic", "source"])
async def test_f_48_money_is_not_committed_on_a_strangers_word(
    service_client: Callable[[str], Awaitable[ServiceClient]], wrong: str
) -> None:
    """F-48: review's announcement on metering's topic, or in metering's name, is a dead letter at billing."""
    client = await service_client("billing")
    envelope = parse((GOLDEN / f"{SelectionAnnounced.TYPE}.json").read_text(encoding="utf-8"))
    said = {"topic": SelectionAnnounced.topic(), "source": envelope.source}
    said[wrong] = {"topic": StatementClosed.topic(), "source": "/dure/metering"}[wrong]
    forged = envelope.model_copy(update={"source": said["source"]}).model_dump_json()
    message = Message(said["topic"], "A-1", forged)
    handled = await inbox.consume(
        client.db, client.service.handlers, [message], clock=client.clock, dead_letters_max=100
    )
    assert handled == 0
    async with client.db.transaction() as tx:
        (letter,) = await dead_letters.list_open(tx)
        assert (await tx.execute(text("SELECT count(*) FROM commitment"))).scalar_one() == 0
    assert "not said by its owner" in letter.error_detail
