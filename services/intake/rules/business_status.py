"""What the tax office's codes mean; none of them decides anything by itself (MS-4)."""

import datetime as dt
import re

from services.intake.model.business_status import BusinessStatus, StatusAnswer

ANSWERS: dict[str, StatusAnswer] = {"01": "active", "02": "suspended", "03": "closed", "": "unregistered"}
"""`b_stt_cd`: 01 계속사업자, 02 휴업자, 03 폐업자; empty: no such number is registered."""
HINTS = frozenset({"suspended", "closed", "unregistered"})


def status_told(code: str, ended: str) -> BusinessStatus | None:
    """The status that a code means, with the closing day (`YYYYMMDD`) where one stands; None for an unknown code.

    Example: `03` and `20250131` → closed on 31 January 2025. A day that is none is left out. Never raises.
    """
    answer = ANSWERS.get(code)
    if answer is None:
        return None
    return BusinessStatus(answer, _day(ended) if answer == "closed" else None)


def _day(text: str) -> dt.date | None:
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def is_hint(answer: StatusAnswer) -> bool:
    """Whether an officer should look: the business is suspended, closed or not registered. It decides nothing."""
    return answer in HINTS
