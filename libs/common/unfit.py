"""Whether an error is a message's own fault: then it becomes a dead letter, and the next message is handled."""

from decimal import DecimalException

from pydantic import ValidationError

from libs.common.errors import DureError, InvalidEvent

OF_VALUES = (ValidationError, OverflowError, DecimalException, UnicodeError)
"""What decoding, checking and reckoning with a message's own values raise."""
SQLSTATES_OF_VALUES = ("22", "23")
"""Classes of SQLSTATE: data exception, integrity constraint violation."""
DETAIL_LENGTH_MAX = 2_000


def fault_of(error: BaseException) -> DureError | None:
    """The reason for which the message that raised this can never be handled; none where it is no fault of its own.

    A refusal of ours, a value that the database or arithmetic cannot hold, a constraint that it breaks. Anything
    else (a database that is away, a deadlock, a bug of ours) is no reason to skip a message. Neither is a value of
    the wrong type that we hand to the driver: a contract's values have their types once they are read.
    """
    if isinstance(error, DureError):
        return error
    if isinstance(error, OF_VALUES):
        return InvalidEvent(f"{type(error).__name__}: {error}"[:DETAIL_LENGTH_MAX])
    if (state := _sqlstate(error)).startswith(SQLSTATES_OF_VALUES) and not _of_wrong_type(error):
        return InvalidEvent(f"SQLSTATE {state}: {_first_line(error)}"[:DETAIL_LENGTH_MAX])
    return None


def _of_wrong_type(error: BaseException) -> bool:
    """Whether the driver could not encode a value because it is of another type than the column's."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, TypeError | AttributeError):
            return True
        cause = cause.__cause__
    return False


def _sqlstate(error: BaseException) -> str:
    """The SQLSTATE that PostgreSQL or its driver gave, through SQLAlchemy's wrapping; empty for other errors."""
    for one in (error, getattr(error, "orig", None)):
        state = getattr(one, "sqlstate", None)
        if isinstance(state, str):
            return state
    return ""


def _first_line(error: BaseException) -> str:
    return str(getattr(error, "orig", None) or error).split("\n", 1)[0]


def storable(words: str, length_max: int = DETAIL_LENGTH_MAX) -> str:
    """The same words as a database can hold them: no NUL, no half of a character, at most so long."""
    return words[:length_max].encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
