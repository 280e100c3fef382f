"""What no reader would take is refused at the time it is said, not later at everyone who hears it (CV-10, F-01)."""

from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from libs.common import outbox
from libs.common.errors import EventOutOfBounds, InvalidEvent
from libs.common.events.allocator import GrantChanged
from libs.common.events.envelope import Event, wrap
from libs.common.events.intake import ProgrammeOpened
from libs.common.messages.words import words_of
from tests.conftest import START
from tests.contracts.extremes import DAYS_BEYOND, INSTANTS_BEYOND, TEXTS_BEYOND, golden, places
from tools.asyncapi import contracts

BEYOND = [10**19, -(10**15) - 1, -1, *TEXTS_BEYOND, *INSTANTS_BEYOND, *DAYS_BEYOND]


def unspeakable(contract: type[Event]) -> list[tuple[str, Event]]:
    """Events that the contract lets pass and a reader does not, with the place at which each is wrong."""
    found = []
    for place in places(golden(contract)):
        for value in BEYOND:
            data = deepcopy(golden(contract))
            node: Any = data
            for step in place[:-1]:
                node = node[step]
            node[place[-1]] = value
            try:
                event = contract.model_validate(data)
                wrap(event, now=START, correlation_id="test").event(contract)
            except ValidationError:
                continue
            except InvalidEvent:
                found.append(("/" + "/".join(map(str, place)), event))
    return found


@pytest.mark.parametrize("contract", contracts(), ids=lambda contract: contract.TYPE)
async def test_f_01_what_no_reader_takes_is_refused_when_it_is_said(contract: type[Event], tx_of) -> None:
    """F-01: every breach that a reader would find is found by who says it, at the same place, and nothing is kept."""
    tx = await tx_of("intake")
    wrong = unspeakable(contract)
    assert wrong
    for place, event in wrong:
        with pytest.raises(EventOutOfBounds) as refused:
            await outbox.say(tx, event, now=START)
        assert str(refused.value.facts["path"]).startswith(place.rstrip("0123456789")), event
    assert (await tx.execute(text("SELECT count(*) FROM outbox"))).scalar() == 0


async def test_f_01_the_doubled_paste_is_refused_with_its_place_and_range(tx_of) -> None:
    """F-01: a cap of 1980000000019800000000 is not published, and the refusal names the place in both languages."""
    tx = await tx_of("intake")
    definition = {"billing": {"budget": {"cap_krw": {"is": 1980000000019800000000, "source": "S1"}}}}
    opened = ProgrammeOpened(code="p", version=1, in_force_from=START, definition=definition)
    with pytest.raises(EventOutOfBounds) as refused:
        await outbox.say(tx, opened, now=START)
    error = refused.value
    assert (error.status, error.code, error.rule_id) == (422, "event_out_of_bounds", "CV-10")
    for language, wanted in (
        ("ko", "절댓값 1000000000000000 이하의 정수"),
        ("en", "a whole number up to 1000000000000000"),
    ):
        told = words_of(error.code, error.facts)[language]
        assert "/definition/billing/budget/cap_krw/is" in told
        assert wanted in told


async def test_f_01_one_bad_event_of_several_says_none(tx_of) -> None:
    """F-01: the whole transaction fails, so no event of it goes out without the others."""
    tx = await tx_of("allocator")
    good = GrantChanged.model_validate(golden(GrantChanged))
    with pytest.raises(EventOutOfBounds):
        await outbox.say(tx, good, good.model_copy(update={"units": 10**12}), now=START)
    assert (await tx.execute(text("SELECT count(*) FROM outbox"))).scalar() == 0
