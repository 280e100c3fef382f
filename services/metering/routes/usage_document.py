"""Reads a batch of usage events from the raw body in one pass, with a compiled decoder, item by item where it must.

The canonical form of an event's data, for MT-2, is what the encoder writes of the typed data: fields in one fixed
order, strings with one escape each, numbers by value. Two data have the same RFC 8785 form exactly where they have
the same bytes here: the schema is closed, so nothing else can differ.
"""

import datetime as dt
from collections.abc import Callable
from hashlib import blake2b
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from libs.common.errors import Invalid, Refusal
from services.metering.model.usage import NO_SESSION, ReadBatch, Unreadable, Usage, UsageColumns, usage_columns
from services.metering.routes.usage_items import name_in, split_items
from services.metering.routes.usage_words import forbidden_character, malformed
from services.metering.rules.usage import every_statement_stands, hundredths, judge_statement, usage_hour

ITEMS_MAX = 10_000
BODY_BYTES_MAX = 8 * 1024 * 1024
EVENT_TYPE = "kr.dure.usage.reported.v1"
SOURCE_PREFIX = "/providers/"
DIGEST_BYTES = 16
NUL = "\x00"
ESCAPED_NUL = b"\\u0000"
ESCAPE = b"\\"
"""Looked for first: one byte is found forty times as fast as six, which were 0.2 ms of a batch."""

Name = Annotated[str, Meta(min_length=1, max_length=100)]


class UsageData(Struct, forbid_unknown_fields=True, gc=False):
    """The data of a usage event, closed."""

    grant_id: Name
    hour: Annotated[str, Meta(max_length=40)]
    units: int
    held_s: int
    utilisation_pct: float
    evidence: Annotated[str, Meta(max_length=500)]
    session_id: Name | UnsetType | None = UNSET
    corrects: Annotated[str, Meta(min_length=1, max_length=200)] | UnsetType | None = UNSET


class LooseUsageData(UsageData, gc=False):
    """As `UsageData`, with numbers as JSON writes them: 8.0 is 8."""

    units: float  # type: ignore[assignment]
    held_s: float  # type: ignore[assignment]


class UsageDocument(Struct, gc=False):
    """A CloudEvents 1.0 object with usage data; extension attributes are let pass."""

    specversion: Literal["1.0"]
    id: Annotated[str, Meta(min_length=1, max_length=200)]
    source: Annotated[str, Meta(max_length=200)]
    type: Literal["kr.dure.usage.reported.v1"]
    subject: Annotated[str, Meta(max_length=100)]
    data: UsageData
    time: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET
    datacontenttype: Literal["application/json"] | UnsetType = UNSET


class LooseUsageDocument(UsageDocument, gc=False):
    """As `UsageDocument`, with loose numbers."""

    data: LooseUsageData


class Named(Struct):
    """As much of a broken item as is needed to name it in the answer."""

    id: str = ""


_batch = msgspec.json.Decoder(list[UsageDocument])
_raws = msgspec.json.Decoder(list[Raw])
_one = msgspec.json.Decoder(UsageDocument)
_loose = msgspec.json.Decoder(LooseUsageDocument)
_named = msgspec.json.Decoder(Named)
_canonical_lines = msgspec.json.Encoder().encode_lines

Item = UsageDocument | Unreadable
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What the decoder raises for a text that it cannot read."""


def read_batch(body: bytes, provider_id: str) -> ReadBatch:
    """Read a batch of one provider. Raises Invalid where the body is no JSON array of at most 10,000 items."""
    items = _items(body)
    if len(items) > ITEMS_MAX:
        raise Invalid("usage_batch_too_long", items=len(items), items_max=ITEMS_MAX)
    source = SOURCE_PREFIX + provider_id
    columns = _plain_columns(items, source)
    if columns is not None:
        return ReadBatch(columns, list(range(len(items))), [], _quoter(body))
    return _read_items(items, source, _quoter(body))


def _read_items(items: list[Item], source: str, quote: Callable[[int], str]) -> ReadBatch:
    hours: dict[str, dt.datetime | None] = {}
    usages: list[Usage] = []
    places: list[int] = []
    unreadable: list[Unreadable] = []
    for place, item in enumerate(items):
        if isinstance(item, Unreadable):
            unreadable.append(item)
            continue
        read = _usage(item, source, hours)
        if isinstance(read, Refusal):
            unreadable.append(Unreadable(place, item.id, read))
        else:
            usages.append(read)
            places.append(place)
    return ReadBatch(usage_columns(usages), places, unreadable, quote)


def _plain_columns(items: list[Item], source: str) -> UsageColumns | None:
    """The batch's events as columns, where every item is the usage event it should be; None where one of them is not.

    What `_usage` asks of each item is asked of whole columns here. Nearly every batch passes, and after decoding
    takes 1.8 µs an item so, 2.5 µs item by item.
    """
    documents = [item for item in items if isinstance(item, UsageDocument)]
    told = [document.data for document in documents]
    grant_ids = [data.grant_id for data in told]
    hours = {text: usage_hour(text) for text in {data.hour for data in told}}
    known_hours = {text: hour for text, hour in hours.items() if hour is not None}
    if not (
        len(documents) == len(items)
        and {document.source for document in documents} <= {source}
        and [document.subject for document in documents] == grant_ids
        and len(known_hours) == len(hours)
        and every_statement_stands(told)
    ):
        return None
    return UsageColumns(
        [document.id for document in documents],
        canonical_digests(told),
        grant_ids,
        [data.session_id or NO_SESSION for data in told],
        [known_hours[data.hour] for data in told],
        [data.units for data in told],
        [data.held_s for data in told],
        [hundredths(data.utilisation_pct) for data in told],
        [data.evidence for data in told],
        [data.corrects or None for data in told],
    )


def source_of(body: bytes) -> str:
    """The provider that the first readable item names, for callers that report in a provider's place."""
    for item in _items(body):
        if isinstance(item, UsageDocument) and item.source.startswith(SOURCE_PREFIX):
            return item.source.removeprefix(SOURCE_PREFIX)
    raise Invalid("usage_batch_without_source")


def canonical_digests(told: list[UsageData]) -> list[bytes]:
    """A digest of each data's canonical form: equal exactly where the RFC 8785 forms of the data are."""
    for data in told:
        if not data.utilisation_pct:
            data.utilisation_pct = 0.0  # RFC 8785 writes −0 as 0
    forms = _canonical_lines(told).split(b"\n")  # one call for all: JSON text escapes every line feed of its own
    return [blake2b(form, digest_size=DIGEST_BYTES).digest() for form in forms[: len(told)]]


def _items(body: bytes) -> list[Item]:
    if ESCAPE in body and ESCAPED_NUL in body:
        return _items_one_by_one(body)
    try:
        return list(_batch.decode(body))
    except UNREADABLE:  # one of its items: it costs itself alone
        return _items_one_by_one(body)


def _items_one_by_one(body: bytes) -> list[Item]:
    return [_item(place, raw) for place, raw in enumerate(_raw_items(body))]


def _raw_items(body: bytes) -> list[Raw] | list[bytes]:
    """The text of each item. Raises Invalid where the body is no array that can be taken apart."""
    try:
        return _raws.decode(body)
    except msgspec.ValidationError as error:
        raise Invalid("usage_batch_malformed", at=None) from error
    except (msgspec.DecodeError, RecursionError):
        return split_items(body)


def _item(place: int, raw: Raw | bytes) -> Item:
    try:
        document = _one.decode(raw)
    except UNREADABLE as error:
        loose = _integral(raw)
        if loose is None:
            return Unreadable(place, _name(raw), malformed(error))
        document = loose
    if ESCAPED_NUL in bytes(raw) and NUL in "".join(str(value) for value in _texts(document)):
        return Unreadable(place, _name(raw), forbidden_character())
    return document


def _texts(document: UsageDocument) -> list[object]:
    data = document.data
    return [document.id, data.grant_id, data.session_id, data.evidence, data.corrects]


def _integral(raw: Raw | bytes) -> UsageDocument | None:
    """The item where only its whole numbers are written with a point or exponent, which RFC 8785 takes as the same."""
    try:
        document = _loose.decode(raw)
    except UNREADABLE:
        return None
    data = document.data
    if not (float(data.units).is_integer() and float(data.held_s).is_integer()):
        return None
    exact = msgspec.structs.asdict(data) | {"units": int(data.units), "held_s": int(data.held_s)}
    return UsageDocument(**msgspec.structs.asdict(document) | {"data": UsageData(**exact)})


def _name(raw: Raw | bytes) -> str | None:
    try:
        return _named.decode(raw).id.replace(NUL, "")[:200] or None
    except UNREADABLE:
        return name_in(bytes(raw))


def _usage(document: UsageDocument, source: str, hours: dict[str, dt.datetime | None]) -> Usage | Refusal:
    data = document.data
    if document.source != source:
        return Refusal("MT-1", "usage_source_not_yours", {"source": document.source, "expected": source})
    if document.subject != data.grant_id:
        return Refusal("MT-1", "usage_subject_differs", {"subject": document.subject, "grant_id": data.grant_id})
    if data.hour not in hours:
        hours[data.hour] = usage_hour(data.hour)
    hour = hours[data.hour]
    if hour is None:
        return Refusal("MT-1", "usage_hour_malformed", {"hour": data.hour})
    refusal = judge_statement(data.units, data.held_s, data.utilisation_pct)
    if refusal is not None:
        return refusal
    return Usage(
        document.id,
        canonical_digests([data])[0],
        data.grant_id,
        data.session_id or NO_SESSION,
        hour,
        data.units,
        data.held_s,
        hundredths(data.utilisation_pct),
        data.evidence,
        data.corrects or None,
    )


def _quoter(body: bytes) -> Callable[[int], str]:
    """Gives an item's text as it came; only conflicts ask, so the body is split only then."""
    raws: list[Raw | bytes] = []

    def quote(place: int) -> str:
        if not raws:
            raws.extend(_raw_items(body))
        return bytes(raws[place]).decode("utf-8", "replace").replace("\\u0000", "")

    return quote
