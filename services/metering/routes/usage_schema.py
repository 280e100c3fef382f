"""A usage event as the compiled decoder reads it, its exact numbers, and the digest that tells its data from others.

The canonical form of an event's data, for MT-2, is what the encoder writes of the typed data: fields in one fixed
order, strings with one escape each, numbers by value. Two data have the same RFC 8785 form exactly where they have
the same bytes here: the schema is closed, so nothing else can differ.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from hashlib import blake2b
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from services.metering.rules.usage import hundredths, hundredths_of_float

DIGEST_BYTES = 16
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What the decoder raises for a text that it cannot read."""

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


class WrittenData(Struct):
    """The utilisation of an item's data as it was written."""

    utilisation_pct: Decimal


class Written(Struct):
    """As much of an item as its exact numbers need (F-31)."""

    data: WrittenData


_one = msgspec.json.Decoder(UsageDocument)
_loose = msgspec.json.Decoder(LooseUsageDocument)
_written = msgspec.json.Decoder(Written)
_canonical_lines = msgspec.json.Encoder().encode_lines


def document_of(raw: Raw | bytes) -> UsageDocument:
    """The item as a usage event. Raises one of UNREADABLE, with what is wrong, where it is none."""
    try:
        return _one.decode(raw)
    except UNREADABLE:
        loose = _integral(raw)
        if loose is None:
            raise
        return loose


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


def canonical_digests(told: list[UsageData]) -> list[bytes]:
    """A digest of each data's canonical form: equal exactly where the RFC 8785 forms of the data are."""
    for data in told:
        if not data.utilisation_pct:
            data.utilisation_pct = 0.0  # RFC 8785 writes −0 as 0
    forms = _canonical_lines(told).split(b"\n")  # one call for all: JSON text escapes every line feed of its own
    return [blake2b(form, digest_size=DIGEST_BYTES).digest() for form in forms[: len(told)]]


def exact_hundredths(told: Sequence[UsageData], raw: Callable[[int], Raw | bytes]) -> list[int]:
    """The utilisations in hundredths of a per cent; only those near a half are read again from their text.

    `raw` gives the text of the item at a place of `told`.
    """
    found = [hundredths_of_float(data.utilisation_pct) for data in told]
    return [_from_text(told[place], raw(place)) if each is None else each for place, each in enumerate(found)]


def _from_text(data: UsageData, raw: Raw | bytes) -> int:
    return hundredths(data.utilisation_pct, _written.decode(raw).data.utilisation_pct)
