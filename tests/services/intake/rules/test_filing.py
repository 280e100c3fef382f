"""The fingerprint of a filing."""

import dataclasses
import datetime as dt

import pytest

from services.intake.model.applications import Application, Document, Receipt, Request
from services.intake.model.organisations import PrincipalInvestigator
from services.intake.rules.filing import answer_words, business_number_words, clock_words, filing_sha256, size_words

AT = dt.datetime(2025, 9, 15, 6, tzinfo=dt.UTC)
RECEIPT = Receipt("gpu-rental-2025s-00001", AT, 1, "unit", "private", youth=False)
REQUEST = Request("1", "H100x2", 1, 6, dt.date(2025, 10, 1), youth_claimed=False, principal_investigator=None)
APPLICATION = Application(
    "A-000001", "gpu-rental-2025s", "O-000001", "submitted", 2, "제목", REQUEST, AT, RECEIPT, eligible=None
)
LEADS = PrincipalInvestigator("P-1", "김하나", is_professor=True, born_on=dt.date(1980, 1, 1))


def document(nth: int, **more: object) -> Document:
    """The nth document."""
    made = Document(f"D-{nth:06d}", "A-000001", "plan", "a.pdf", "pdf", 10, "ab" * 32, "me", AT)
    return dataclasses.replace(made, **more)


@pytest.mark.rule("IN-2")
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param((APPLICATION, RECEIPT, [document(1)]), id="a document fewer"),
        pytest.param((APPLICATION, RECEIPT, [document(1), document(2, sha256="ac" * 32)]), id="one byte of a document"),
        pytest.param((APPLICATION, RECEIPT, [document(1), document(2, file_name="b.pdf")]), id="a name"),
        pytest.param(
            (APPLICATION, dataclasses.replace(RECEIPT, receipt_no="x"), [document(1), document(2)]), id="the number"
        ),
        pytest.param(
            (
                APPLICATION,
                dataclasses.replace(RECEIPT, received_at=AT + dt.timedelta(microseconds=1)),
                [document(1), document(2)],
            ),
            id="a microsecond",
        ),
        pytest.param(
            (
                dataclasses.replace(APPLICATION, asked=dataclasses.replace(REQUEST, units=2)),
                RECEIPT,
                [document(1), document(2)],
            ),
            id="what was asked",
        ),
        pytest.param(
            (
                dataclasses.replace(APPLICATION, asked=dataclasses.replace(REQUEST, principal_investigator=LEADS)),
                RECEIPT,
                [document(1), document(2)],
            ),
            id="who leads",
        ),
    ],
)
def test_a_changed_filing_has_another_fingerprint(changed: tuple[Application, Receipt, list[Document]]) -> None:
    """Whatever of the filing changes, the fingerprint changes."""
    assert filing_sha256(*changed) != filing_sha256(APPLICATION, RECEIPT, [document(1), document(2)])


@pytest.mark.rule("IN-2")
def test_what_is_not_filed_does_not_count() -> None:
    """The state, the version, and the order of reading leave the fingerprint; so does another zone of the clock."""
    later = dataclasses.replace(APPLICATION, state="selected", version=9)
    seoul = dataclasses.replace(RECEIPT, received_at=AT.astimezone(dt.timezone(dt.timedelta(hours=9))))
    first = filing_sha256(APPLICATION, RECEIPT, [document(1), document(2), document(10)])
    assert filing_sha256(later, seoul, [document(10), document(2), document(1)]) == first
    assert first == "de5d70ac116e5e83532b61355f20e6a351faba16f1dd0007d78e9f56c5dec7d5"


@pytest.mark.rule("IN-2")
def test_answers_count_and_questions_of_later_do_not() -> None:
    """An answer changes the fingerprint, 0 and a number beyond JSON's range too; an empty or unclaimed one does not."""
    first = filing_sha256(APPLICATION, RECEIPT, [])
    seen = {first}
    for form in ({"a": 0}, {"a": 1}, {"a": 2**53 + 1}, {"a": [{"b": "x"}]}, {"a": 1.5}):
        asked = dataclasses.replace(REQUEST, form=form)
        seen.add(filing_sha256(dataclasses.replace(APPLICATION, asked=asked), RECEIPT, []))
    assert len(seen) == 6
    empty = dataclasses.replace(REQUEST, form={"a": "", "b": None, "c": []}, region_claimed=False)
    assert filing_sha256(dataclasses.replace(APPLICATION, asked=empty), RECEIPT, []) == first


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(True, "예", id="yes"),
        pytest.param(1_234_567, "1,234,567", id="a number"),
        pytest.param("big", "대규모", id="a choice by its name"),
        pytest.param(["big", "other"], "대규모, other", id="several choices"),
        pytest.param("두 줄\n글", "두 줄\n글", id="a text as it was written"),
        pytest.param(
            [{"y": 2026, "g": "big"}, {"y": 2027}], "1. 연도: 2026, 목표: 대규모\n2. 연도: 2027", id="a table"
        ),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_an_answer_is_told_as_people_read_it(value: object, said: str) -> None:
    """Keys are not shown where a name is known."""
    names = {"big": "대규모"}
    columns = (
        {"y": ("연도", {}), "g": ("목표", names)} if isinstance(value, list) and isinstance(value[0], dict) else {}
    )
    assert answer_words(value, names, columns) == said


def test_an_instant_is_told_to_the_second_or_finer() -> None:
    """The last millisecond before three o'clock is not three o'clock."""
    assert clock_words(AT) == "15:00:00"
    assert clock_words(AT - dt.timedelta(microseconds=100)) == "14:59:59.999"


@pytest.mark.parametrize(
    ("size_bytes", "words"), [(1, "1 KB"), (1_024, "1 KB"), (1_025, "2 KB"), (52_428_800, "51,200 KB")]
)
def test_a_size_is_told_rounded_up(size_bytes: int, words: str) -> None:
    """A file of a byte has a size."""
    assert size_words(size_bytes) == words


def test_a_business_number_is_told_with_hyphens() -> None:
    """As the registration prints it."""
    assert business_number_words("1248100998") == "124-81-00998"
