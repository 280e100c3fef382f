"""The CloudEvents 1.0 envelope in which every fact travels, and the registry of what may travel in it.

One self-contained JSON object (structured mode) on both buses, so that a dead letter, a replay and an archive
need nothing else.
"""

import builtins
import datetime as dt
import uuid
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libs.common.bounds import Instant
from libs.common.errors import InvalidEvent
from libs.common.events.bounds import breach_of

SOURCE_PREFIX = "/dure/"
TYPE_PREFIX = "kr.dure."

REGISTRY: dict[str, type["Event"]] = {}
"""Every event type of the house → its contract."""


class Event(BaseModel):
    """What a service says once something has happened; subclasses are the contracts, named in the past tense.

    A landed contract never changes; a breaking change is a new `.v2` beside it. Readers ignore fields they do
    not know.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str]
    """`kr.dure.<service>.<thing>.<past participle>.v1`."""
    KEY: ClassVar[str]
    """The field that holds the aggregate's id: order within one key holds."""
    TOPIC: ClassVar[str] = ""
    """Topic, where it is not the owner's."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "TYPE" in cls.__dict__:
            REGISTRY[cls.TYPE] = cls

    @classmethod
    def owner(cls) -> str:
        """The service that says this event."""
        return cls.TYPE.removeprefix(TYPE_PREFIX).split(".")[0]

    @classmethod
    def topic(cls) -> str:
        """The topic on which it travels."""
        return cls.TOPIC or f"dure.{cls.owner()}.events.v1"

    def key(self) -> str:
        """The aggregate's id."""
        return str(getattr(self, self.KEY))


E = TypeVar("E", bound=Event)
Short = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
"""CV-10: an id or a trace: a database can hold it."""


class Envelope(BaseModel):
    """A CloudEvents 1.0 object: who said what of which aggregate, when, and what made them say it."""

    model_config = ConfigDict(frozen=True, extra="allow")

    specversion: Literal["1.0"] = "1.0"
    id: Short = Field(min_length=1)
    source: Short = Field(min_length=1)
    type: Short
    subject: Short
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    correlationid: Short = ""
    causationid: Short | None = None
    traceparent: Short | None = None
    data: dict[str, Any]

    def event(self, contract: builtins.type[E]) -> E:
        """Read the data by its contract and its bounds (CV-10). Raises InvalidEvent where it does not keep to them."""
        try:
            event = contract.model_validate(self.data)
        except ValidationError as error:
            raise InvalidEvent(f"{self.type}: {error.error_count()} fields break the contract") from error
        if (breach := breach_of(event)) is not None:
            raise InvalidEvent(f"{self.type}: {breach}")
        return event


def wrap(
    event: Event,
    *,
    now: dt.datetime,
    correlation_id: str,
    causation_id: str | None = None,
    traceparent: str | None = None,
) -> Envelope:
    """Put an event into its envelope, with a new id (UUID) and the owner as source."""
    return Envelope(
        id=str(uuid.uuid4()),
        source=SOURCE_PREFIX + event.owner(),
        type=event.TYPE,
        subject=event.key(),
        time=now,
        correlationid=correlation_id,
        causationid=causation_id,
        traceparent=traceparent,
        data=event.model_dump(mode="json"),
    )


def parse(raw: bytes | str) -> Envelope:
    """Read an envelope from its JSON, of any type. Raises InvalidEvent for anything that is none."""
    try:
        envelope = Envelope.model_validate_json(raw)
    except ValidationError as error:
        raise InvalidEvent(f"no CloudEvents envelope: {error.error_count()} errors") from error
    return envelope
