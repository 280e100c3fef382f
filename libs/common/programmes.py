"""Every service's own copy of the programme definitions: it acts under the version in force when a fact happened."""

import datetime as dt
import json
from collections.abc import Collection
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, text

from libs.common.bounds import FIRST_INSTANT, LAST_INSTANT
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.definition.reading import read_heard, read_kept
from libs.common.errors import InvalidEvent, NotFound
from libs.common.events.intake import ProgrammeOpened

_KNOWN: WeakKeyDictionary[Engine, dict[tuple[str, int], Programme]] = WeakKeyDictionary()
KNOWN_MAX = 16
"""How many versions a process keeps at hand of each database, 0.2 MB each; the one read first goes first."""


_IN_FORCE = text(
    "SELECT version FROM programme_version WHERE code = :code"
    " ORDER BY (in_force_from <= :at) DESC,"
    " CASE WHEN in_force_from <= :at THEN version ELSE -version END DESC LIMIT 1"
)


async def keep(tx: Tx, event: ProgrammeOpened) -> None:
    """Store a version of a definition; the same version again changes nothing.

    Raises DefinitionInvalid for one that contradicts itself or leaves a range (CV-10), and InvalidEvent where the event
    speaks of another code or version than its definition, or of an instant out of range: both are dead letters.
    """
    programme = read_heard(event.definition)
    if (programme.code, programme.version) != (event.code, event.version):
        raise InvalidEvent(f"{event.code}:{event.version} carries {programme.code}:{programme.version}")
    if not FIRST_INSTANT <= event.in_force_from <= LAST_INSTANT:
        raise InvalidEvent(f"in_force_from {event.in_force_from.isoformat()}: 2000 to 2100")
    await tx.execute(
        text(
            "INSERT INTO programme_version (code, version, in_force_from, definition)"
            " VALUES (:code, :version, :at, cast(:definition AS json)) ON CONFLICT DO NOTHING"
        ),
        {
            "code": event.code,
            "version": event.version,
            "at": event.in_force_from,
            "definition": json.dumps(event.definition, ensure_ascii=False),
        },
    )


async def programme_at(tx: Tx, code: str, at: dt.datetime) -> Programme:
    """The version in force at an instant: the newest that came into force at or before it, else the first.

    Raises NotFound where no version of the programme is known.
    """
    version = (await tx.execute(_IN_FORCE, {"code": code, "at": at})).scalar()
    if version is None:
        raise NotFound("programme", code)
    return await programme_version(tx, code, version)


_ALL_IN_FORCE = text(
    "SELECT DISTINCT ON (code) code, version FROM programme_version WHERE code = ANY(:codes)"
    " ORDER BY code, (in_force_from <= :at) DESC,"
    " CASE WHEN in_force_from <= :at THEN version ELSE -version END DESC"
)


async def programmes_at(tx: Tx, codes: Collection[str], at: dt.datetime) -> dict[str, Programme]:
    """`programme_at` of many programmes in one statement, by their codes; unknown ones are left out."""
    versions = (await tx.execute(_ALL_IN_FORCE, {"codes": list(codes), "at": at})).all()
    return {code: await programme_version(tx, code, version) for code, version in versions}


async def programme_version(tx: Tx, code: str, version: int) -> Programme:
    """One version. Raises NotFound."""
    # a version never changes once kept, so each database's are read once
    known = _KNOWN.setdefault(tx.engine.sync_engine, {})
    if (code, version) not in known:
        query = text("SELECT definition::text FROM programme_version WHERE code = :code AND version = :version")
        definition = (await tx.execute(query, {"code": code, "version": version})).scalar()
        if definition is None:
            raise NotFound("programme version", f"{code}:{version}")
        if len(known) >= KNOWN_MAX:
            del known[next(iter(known))]
        known[code, version] = read_kept(json.loads(definition))
    return known[code, version]


_VERSIONS = text("SELECT code, version FROM programme_version ORDER BY code, version")
_ROUND_OF = text("SELECT definition->>'round_of' FROM programme_version WHERE code = :code AND version = :version")
_FIRST_OF: WeakKeyDictionary[Engine, dict[tuple[str, int], str]] = WeakKeyDictionary()


async def first_calls(tx: Tx) -> dict[str, str]:
    """Of every programme the call that it is a round of (`round_of`, AL-20); a call that is none is its own."""
    known = _FIRST_OF.setdefault(tx.engine.sync_engine, {})
    first = {}
    for code, version in (await tx.execute(_VERSIONS)).all():
        if (code, version) not in known:  # what a version says never changes
            told = (await tx.execute(_ROUND_OF, {"code": code, "version": version})).scalar()
            known[code, version] = told or code
        first[code] = known[code, version]
    return first


async def other_rounds(tx: Tx, code: str) -> tuple[str, ...]:
    """The other programmes that share a programme's limits: its first call and the further rounds of it (AL-20)."""
    first = await first_calls(tx)
    ours = first.get(code, code)
    return tuple(one for one in sorted(first) if one != code and first[one] == ours)
