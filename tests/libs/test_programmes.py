"""The versions of programmes that are in force, one by one and many at once."""

import datetime as dt

from libs.common.events.intake import ProgrammeOpened
from libs.common.programmes import keep, programme_at, programmes_at
from tests.services.lists import statements
from tests.services.review.call import definition

FIRST = dt.datetime(2025, 9, 1, tzinfo=dt.UTC)
LATER = FIRST + dt.timedelta(days=30)
CODES = ("call-one", "call-two", "call-three")


async def test_many_are_read_as_each_is_and_in_one_statement(tx_of) -> None:
    """Before the first version, between two and after both: the same versions, for one question however many."""
    tx = await tx_of("review")
    for code in CODES:
        for version, at in ((1, FIRST), (2, LATER)):
            tree = {**definition().as_json(), "code": code, "version": version}
            await keep(tx, ProgrammeOpened(code=code, version=version, in_force_from=at, definition=tree))
    for at, version in ((FIRST - dt.timedelta(days=1), 1), (FIRST, 1), (LATER, 2), (LATER + dt.timedelta(days=1), 2)):
        one_by_one = {code: await programme_at(tx, code, at) for code in CODES}
        with statements(tx) as asked:
            assert await programmes_at(tx, (*CODES, "no-such-call"), at) == one_by_one
        assert {programme.version for programme in one_by_one.values()} == {version}
        assert len(asked) == 1
