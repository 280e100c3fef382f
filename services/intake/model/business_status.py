"""The status of a business number at the tax office, behind a port (MS-4)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, Protocol

StatusAnswer = Literal["not_asked", "active", "suspended", "closed", "unregistered"]


@dataclass(frozen=True, slots=True)
class BusinessStatus:
    """What was answered about a number; `closed_on` is the day on which the business closed, where it did."""

    answer: StatusAnswer
    closed_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class OfficeSaid:
    """What the tax office said in its own codes: `b_stt_cd`, and the closing day `end_dt`, empty where none stands."""

    code: str
    ended: str


class StatusOffice(Protocol):
    """Whoever knows the status of business numbers."""

    async def ask(self, business_no: str) -> OfficeSaid | None:
        """What is said of a number of ten digits; None where nobody is asked. Raises Unavailable without an answer."""


@dataclass(frozen=True, slots=True)
class StatusCheck:
    """An answer as it is kept: about which number, by whom it was asked and when."""

    check_id: str
    organisation_id: str
    business_no: str
    answer: StatusAnswer
    closed_on: dt.date | None
    asked_by: str
    asked_at: dt.datetime
