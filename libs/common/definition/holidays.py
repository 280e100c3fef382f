"""Public holidays that the government adds or takes back while a programme runs (CV-7)."""

from typing import Annotated

from pydantic import Field

from libs.common.bounds import Day, Sentence
from libs.common.definition.stated import Part, Text


class AddedHoliday(Part):
    """A day that became a public holiday, such as a temporary one (임시공휴일), and where that is said."""

    day: Day
    name: Text
    source: Sentence


class RemovedHoliday(Part):
    """A public holiday that is none any more, and where that is said."""

    day: Day
    source: Sentence


class Holidays(Part):
    """What changed about the calendar; a later version of the definition may take it back again."""

    added: Annotated[list[AddedHoliday], Field(max_length=100)] = Field(default_factory=list)
    removed: Annotated[list[RemovedHoliday], Field(max_length=100)] = Field(default_factory=list)
