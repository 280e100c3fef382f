"""Nouns of the evidence of a balance: a document that somebody claims a balance by, and what officers judge of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

EvidenceState = Literal["awaiting_confirmation", "confirmed", "rejected", "taken_back"]
Outcome = Literal["confirmed", "rejected", "taken_back"]


@dataclass(frozen=True, slots=True)
class Claim:
    """The balance of a dedicated account as somebody claims it, in won, and the document that shows it."""

    claimed_krw: int
    sha256: str
    """Of the document's bytes."""
    file_name: str
    document_id: str | None = None
    """Where intake keeps the document; none where it was handed in otherwise."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an officer judged of a piece of evidence; `balance_krw` is what was read from the document, in won."""

    evidence_id: str
    outcome: Outcome
    balance_krw: int | None
    reason: str
    judged_by: str
    judged_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim on record: by whom, when."""

    evidence_id: str
    application_id: str
    claimed_krw: int
    sha256: str
    file_name: str
    document_id: str | None
    claimed_by: str
    claimed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class FiledDocument:
    """A file that intake took in for an application, as intake told it."""

    application_id: str
    document_id: str
    kind: str
    file_name: str
    sha256: str
    filed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece of evidence with what was judged of it, in that order; the last judgement holds."""

    evidence: Evidence
    judgements: tuple[Judgement, ...] = ()
    filed: FiledDocument | None = None
    """The document of the claim as intake took it in; none where it was handed in otherwise."""

    @property
    def state(self) -> EvidenceState:
        """Where it stands: it waits until an officer judges it."""
        return self.judgements[-1].outcome if self.judgements else "awaiting_confirmation"

    @property
    def balance_krw(self) -> int | None:
        """The balance that counts, in won; none unless it stands confirmed."""
        return self.judgements[-1].balance_krw if self.state == "confirmed" else None


@dataclass(frozen=True, slots=True)
class ConfirmedElsewhere:
    """The same document, confirmed for another organisation: it shows one balance, and opens one gate."""

    evidence_id: str
    application_id: str
    organisation_id: str


def filed_of(claim: Evidence, filed: Sequence[FiledDocument]) -> FiledDocument | None:
    """The document of a claim as intake took it in, of those of its application; None where there is none.

    It is the one with the number that the claim names; where intake told none under it, one with the same bytes.
    """
    named = (told for told in filed if told.document_id == claim.document_id)
    return next(named, None) or next((told for told in filed if told.sha256 == claim.sha256), None)
