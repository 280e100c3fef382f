"""The identity that an item claims which is no usage event: a known one's, it is a repetition or a conflict (MT-2)."""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

from services.metering.model.usage import Claim
from services.metering.routes.usage_schema import UNREADABLE, UsageDocument, canonical_digests, document_of

EVENT_TYPE = "kr.dure.usage.reported.v1"
NUL = "\x00"
AS_EVENT = (
    b'{"specversion":"1.0","id":"-","source":"-","type":"kr.dure.usage.reported.v1","subject":',
    b',"data":',
    b"}",
)
"""What stands around the subject and data of an item whose other attributes cannot be read."""


class Claimed(Struct):
    """As much of a broken item as identity and comparison look at (MT-2); no other attribute is read."""

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    source: Annotated[str, Meta(max_length=200)]
    type: Raw = Raw(b"null")
    subject: Raw = Raw(b"null")
    data: Raw = Raw(b"null")


_claimed = msgspec.json.Decoder(Claimed)
_text = msgspec.json.Decoder(str)


def claim_of_document(document: UsageDocument, source: str) -> Claim | None:
    """The identity of an item that was read but states what cannot be; None where it is another source's."""
    if document.source != source:
        return None
    is_usage = document.subject == document.data.grant_id
    return Claim(source, document.id, canonical_digests([document.data])[0] if is_usage else b"")


def claim_of_text(raw: Raw | bytes) -> Claim | None:
    """The identity that a broken item claims, and the digest of its data where type and subject fit it (MT-2)."""
    try:
        item = _claimed.decode(raw)
    except UNREADABLE:
        return None
    if NUL in item.id:
        return None
    return Claim(item.source, item.id, _comparable(item))


def _comparable(item: Claimed) -> bytes:
    """The digest of the data of an item whose other attributes are broken; empty where it is no usage event's."""
    try:
        kind, subject = _text.decode(item.type), _text.decode(item.subject)
        before, between, after = AS_EVENT
        document = document_of(b"".join((before, bytes(item.subject), between, bytes(item.data), after)))
    except UNREADABLE:
        return b""
    is_usage = kind == EVENT_TYPE and subject == document.data.grant_id
    return canonical_digests([document.data])[0] if is_usage else b""
