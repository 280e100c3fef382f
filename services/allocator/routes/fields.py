"""Fields that several of the allocator's requests share, and how a noun becomes an answer."""

from typing import Annotated, Any, TypeVar

from fastapi import Path, Query
from pydantic import AfterValidator, Field, StringConstraints

from libs.common import bounds
from libs.common.web import View

DURATION_MAX_S = 366 * 24 * 3600
CODE = r"^[^\x00-\x1f/]+$"
V = TypeVar("V", bound=View)


Instant = bounds.InstantInUtc
"""An RFC 3339 instant with offset, between 2000 and 2100, in UTC from here on."""
Duration = Annotated[int, Field(ge=1, le=DURATION_MAX_S, strict=True)]
"""Seconds, at most a leap year."""

Code = Annotated[
    bounds.Text, StringConstraints(min_length=1, max_length=100, pattern=CODE), AfterValidator(bounds.names_something)
]
Reason = Annotated[
    bounds.Text, StringConstraints(min_length=1, max_length=2000), AfterValidator(bounds.names_something)
]
Amount = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,6}(\.[0-9]{1,3})?$"),
    bounds.Expected(
        '소수점 아래 3자리까지의 수를 글로(예: "2.5")', 'a number as text, with at most 3 decimals, such as "2.5"'
    ),
]
"""A decimal number as text, exact."""
CodePath = Annotated[str, Path(min_length=1, max_length=100, pattern=CODE)]
CodeQuery = Annotated[str | None, Query(max_length=100, pattern=CODE)]


def view_of(view: type[V], noun: object, **more: Any) -> V:
    """The answer that a noun makes, with what it does not hold itself beside it."""
    told = {name: getattr(noun, name) for name in view.model_fields if name not in more}
    return view.model_validate({**told, **more})
