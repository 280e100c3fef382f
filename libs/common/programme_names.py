"""The names of programmes, which lists show beside their codes: of the newest version that a service knows."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text

from libs.common.db import Tx
from libs.common.nouns import one

_NAMES = text(
    "SELECT DISTINCT ON (code) code, definition -> 'name' ->> 'ko', definition -> 'name' ->> 'en'"
    " FROM programme_version WHERE code = ANY(:codes) ORDER BY code, version DESC"
)


@dataclass(frozen=True, slots=True)
class ProgrammeName:
    """What a programme is called."""

    ko: str
    en: str


async def list_programme_names(tx: Tx, codes: Iterable[str]) -> dict[str, ProgrammeName]:
    """The names of these programmes, by code; one that nobody opened has none. One statement, none for no codes."""
    asked = sorted(set(codes))
    if not asked:
        return {}
    return {row[0]: one(ProgrammeName, row[1:]) for row in await tx.execute(_NAMES, {"codes": asked})}
