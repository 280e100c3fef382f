"""The few exceptions of the house, and the refusal: a judgement against a request, as a value.

A rule returns `Refusal`s; an operation that gets any raises `Refused` with all of them. Every exception here
becomes an RFC 9457 problem with a stable code, in Korean and English (each service's `messages.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a rule says no: the rule's id, a stable code, and the facts that its message names.

    `rule_id` is an id of `docs/rules.md`, or "" where no rule but the API's contract speaks; `code` is a key of
    the owner's `messages.py`; `facts` fill the placeholders of that message.
    """

    rule_id: str
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


class DureError(Exception):
    """An answer that is not the one asked for: `code` is a key of the message catalogue."""

    status = 500
    retry_after_s: int | None = None
    """After how many seconds the same request may be sent again, where waiting helps."""

    def __init__(self, code: str, rule_id: str = "", **facts: Fact) -> None:
        super().__init__(f"{code} {facts}" if facts else code)
        self.code = code
        self.rule_id = rule_id
        self.facts: dict[str, Fact] = facts


PartOfRequest = Literal["body", "query", "path", "header"]


@dataclass(frozen=True, slots=True)
class WrongField:
    """One place of a document or a request that is wrong: where, and in both languages what and what to write."""

    path: str
    """Dotted, such as `billing.budget.cap_krw`; "" is the whole."""
    pointer: str
    """The same as a JSON pointer (RFC 6901), such as `/billing/budget/cap_krw/is`; `/limit` for a parameter `limit`."""
    ko: str
    en: str
    code: str = "contradiction"
    """What is wrong, a key of `libs/common/messages/fields.py`."""
    part: PartOfRequest = "body"
    """The part of the request in which the pointer points."""


STEP_LENGTH_MAX = 100


def json_pointer(steps: Iterable[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a place; a step that nobody could print or read is cut and made printable."""
    return "".join(f"/{printable(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def printable(step: str | int) -> str:
    """One step of a path as an answer can carry it: NUL and halves of characters escaped, cut at 100 characters."""
    text = str(step)[:STEP_LENGTH_MAX]
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


class NotFound(DureError):
    """The thing does not exist, or not for this caller (404)."""

    status = 404

    def __init__(self, thing: str, thing_id: str) -> None:
        super().__init__("not_found", thing=thing, id=thing_id)


class Forbidden(DureError):
    """The caller's role or organisation may not do this (403)."""

    status = 403


class Unauthorised(DureError):
    """No valid bearer token (401)."""

    status = 401


class Unavailable(DureError):
    """Something that the answer needs is away for now (503)."""

    status = 503
    retry_after_s = 5


class TooMany(DureError):
    """The caller asks more, or more often, than one caller may (429)."""

    status = 429

    def __init__(self, code: str, retry_after_s: int, **facts: Fact) -> None:
        super().__init__(code, "", **facts, retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class Conflict(DureError):
    """The request contradicts what is already there (409)."""

    status = 409


class WrongState(DureError):
    """The thing is in a state that does not allow this: the answer names state, allowed states and next call (409).

    `next_call` is a call that exists and that leads on from this state (`POST /allocator/v1/grants/{id}/activate`);
    empty where none does.
    """

    status = 409

    def __init__(self, thing: str, thing_id: str, state: str, allowed: Sequence[str], next_call: str = "") -> None:
        super().__init__(
            "wrong_state", thing=thing, id=thing_id, state=state, allowed=", ".join(allowed), next_call=next_call
        )


class Invalid(DureError):
    """A well-formed request whose content cannot be right (422); `fields` are all of its wrong places, where told."""

    status = 422
    fields: tuple[WrongField, ...] = ()


FIELDS_TOLD_MAX = 50
PLACES_TOLD_MAX = 20


class InvalidRequest(Invalid):
    """A request with wrong places (422): `fields` tells the first 50 of them, `count` how many there are."""

    def __init__(self, fields: Sequence[WrongField], count: int | None = None) -> None:
        shown = fields[:PLACES_TOLD_MAX]
        count = len(fields) if count is None else count
        rest = [f"… (+{count - len(shown)})"] if count > len(shown) else []
        super().__init__(
            "invalid_request",
            count=count,
            places="; ".join([*(f"{one.path}: {one.en}" if one.path else one.en for one in shown), *rest]),
            places_ko="; ".join([*(f"{one.path}: {one.ko}" if one.path else one.ko for one in shown), *rest]),
        )
        self.fields = tuple(fields[:FIELDS_TOLD_MAX])


class Refused(DureError):
    """One or more rules refuse the request; all of their refusals are told (409, or 422 for malformed content)."""

    status = 409

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        if not refusals:
            raise ValueError("a refusal without a reason")
        first = refusals[0]
        super().__init__(first.code, first.rule_id, **dict(first.facts))
        self.refusals = tuple(refusals)


class PolicyMissing(DureError):
    """CV-8: A step needs a value that the notice leaves unset; an officer must fill it in first (409)."""

    status = 409

    def __init__(self, programme: str, path: str) -> None:
        super().__init__("policy_missing", "CV-8", programme=programme, path=path)


class Buried(DureError):
    """An operator put the event aside at which a consumer stood: who, why, and what failed."""

    def __init__(self, actor: str, reason: str, detail: str) -> None:
        super().__init__("buried", actor=actor, reason=reason, detail=detail)


class EventTooLarge(DureError):
    """What would be said is larger than any bus takes (422); what can grow so large is said in parts."""

    status = 422

    def __init__(self, event_type: str, key: str, size_bytes: int, bytes_max: int) -> None:
        super().__init__("event_too_large", type=event_type, key=key, size_bytes=size_bytes, bytes_max=bytes_max)


class EventOutOfBounds(DureError):
    """What would be said holds a value that no reader takes (CV-10): refused here, not at everyone who hears it (422).

    `path` is a JSON pointer into the event's data; `wanted` says in English, `wanted_ko` in Korean what belongs there.
    """

    status = 422

    def __init__(self, event_type: str, key: str, path: str, wanted: str, wanted_ko: str) -> None:
        super().__init__(
            "event_out_of_bounds", "CV-10", type=event_type, key=key, path=path, wanted=wanted, wanted_ko=wanted_ko
        )


class InvalidEvent(DureError):
    """A message that can never be handled: it goes to the dead letters, and the rest goes on."""

    status = 422

    def __init__(self, reason: str) -> None:
        super().__init__("invalid_event", reason=reason)
