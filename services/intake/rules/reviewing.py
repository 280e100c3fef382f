"""Who reads an application as its reviewer, and which documents (RV-16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from services.intake.model.applications import ApplicationState, Document
from services.intake.model.reviewing import ReaderFact, ShownDocument, Stage
from services.intake.policy.reviewing import Asked, ReadingPolicy

Access = Literal["none", "head", "whole"]
NOT_THERE: frozenset[ApplicationState] = frozenset({"draft", "withdrawn", "revoked"})
"""States in which nobody reviews an application."""
SLIDES = "slides"
"""The kind of document that belongs to the presentation alone."""


def access_of(facts: Sequence[ReaderFact], state: str) -> Access:
    """RV-16: A seated reviewer without a conflict, and no other, reads an application until its stage closes.

    `facts` are those of one reviewer, one application and one stage, heard in any order; `state` is where the
    application stands. The last sitting of a seat counts: it reads while it is seated and not vacated (closed stage,
    conflict, substitute), first only the head, and the whole once it has denied a conflict in that sitting. Returns
    `none`, `head` or `whole`. Never raises.

    Example: seated, cleared → whole; seated, vacated, cleared → none; vacated in sitting 1, seated in sitting 2 → head.
    Source: S0 §5.
    """
    if state in NOT_THERE:
        return "none"
    seats = {(fact.panel_id, fact.seat) for fact in facts}
    found = {_access_from([fact for fact in facts if (fact.panel_id, fact.seat) == seat]) for seat in seats}
    return "whole" if "whole" in found else "head" if "head" in found else "none"


def _access_from(facts: Sequence[ReaderFact]) -> Access:
    """What one seat may read."""
    last = max(fact.sitting for fact in facts)
    told = {fact.fact for fact in facts if fact.sitting == last}
    if "seated" not in told or "vacated" in told:
        return "none"
    return "whole" if "cleared" in told else "head"


def documents_of_stage(documents: Sequence[Document], stage: Stage) -> tuple[Document, ...]:
    """The documents that belong to a stage: all for the presentation, all but the slides for the documents."""
    return tuple(one for one in documents if stage == "presentation" or one.kind != SLIDES)


def shown_to_reviewer(document: Document, policy: ReadingPolicy) -> ShownDocument:
    """A document under the name that a reviewer may see: where names are hidden, what it is instead of its file name.

    File names carry the organisation. Example: `[한빛] 1_계획서.pdf` → `사업수행계획서-000012.pdf`.
    """
    ko, en = policy.names.get(document.kind, (document.kind, document.kind))
    if not policy.names_hidden:
        return ShownDocument(document, document.file_name, ko, en)
    _, _, number = document.document_id.rpartition("-")
    return ShownDocument(document, f"{ko}-{number}.{document.found_format}", ko, en)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a form says in one field, as a reviewer reads it; a table's rows hold the shown columns alone."""

    asked: Asked
    value: Any


def answers_shown(form: Mapping[str, Any], policy: ReadingPolicy) -> tuple[Answer, ...]:
    """What a reviewer reads of a form, in the order of its fields; nothing of what was left empty.

    Where names are hidden, fields and columns that tell who a person or the applicant is are left out. Never raises.

    Example: staff with the columns name (personal) and task, names hidden → rows of tasks.
    """
    shown = [_shown(one, policy) for one in policy.form if not (one.personal and policy.names_hidden)]
    return tuple(Answer(one, _value(form[one.key], one)) for one in shown if form.get(one.key) is not None)


def _shown(field: Asked, policy: ReadingPolicy) -> Asked:
    if not policy.names_hidden:
        return field
    return replace(field, columns=tuple(column for column in field.columns if not column.personal))


def _value(value: Any, field: Asked) -> Any:
    if field.kind != "table" or not isinstance(value, list):
        return value
    keys = [column.key for column in field.columns]
    return [{key: row[key] for key in keys if key in row} for row in value if isinstance(row, Mapping)]
