"""What a call tells everybody: summary, briefing, contact, questions, files, schedule (MS-5)."""

from typing import Annotated

from pydantic import Field

from libs.common.bounds import Instant, Name
from libs.common.definition.stated import LongText, Part, StatedOrNone, Text


class Briefing(Part):
    """One meeting at which the call is explained."""

    name: Text
    starts_at: StatedOrNone[Instant]
    ends_at: StatedOrNone[Instant]
    place: Text
    sign_up_until: StatedOrNone[Instant]
    """The last instant at which somebody can sign up; `none`: nobody needs to."""


class Contact(Part):
    """Who answers questions; numbers and addresses stay unset where a notice was published without them."""

    office: Text
    hours: Text
    phone: StatedOrNone[Name]
    email: StatedOrNone[Name]


class Question(Part):
    """A question that is often asked, and its answer."""

    question: LongText
    answer: LongText


class PublicFile(Part):
    """A file to fetch: the notice itself, a form, a list."""

    name: Text
    file_name: Name


class Step(Part):
    """One step of the procedure, with its time as the notice prints it."""

    name: Text
    when: Text


class PublicText(Part):
    """The public text of a call beside its values (MS-5)."""

    briefings: Annotated[list[Briefing], Field(max_length=20)] = Field(default_factory=list)
    contacts: Annotated[list[Contact], Field(max_length=20)] = Field(default_factory=list)
    questions: Annotated[list[Question], Field(max_length=200)] = Field(default_factory=list)
    files: Annotated[list[PublicFile], Field(max_length=200)] = Field(default_factory=list)
    steps: Annotated[list[Step], Field(max_length=50)] = Field(default_factory=list)
    notes: Annotated[list[LongText], Field(max_length=50)] = Field(default_factory=list)
