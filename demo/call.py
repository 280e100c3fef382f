"""One call, from the definition to self-payments: the steps that both of the demo's programmes go through."""

import datetime as dt
import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from demo.api import Api
from demo.people import Wish
from libs.common.calendar import KST

ROOT = Path(__file__).resolve().parents[1]
Tick = Callable[[], None]
HALF_POINTS = 2


@dataclass
class Outcome:
    """What a call has come to so far."""

    code: str
    submitted: dict[str, Wish] = field(default_factory=dict)
    """Application id → who and what."""
    refused: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """(special, the problem) of those that could not submit."""
    values: list[dict[str, Any]] = field(default_factory=list)
    """The officer's values for what the notice leaves unset: path, value, reason."""
    organisations: dict[str, str] = field(default_factory=dict)
    """Organisation id by name."""
    selections: dict[str, str] = field(default_factory=dict)
    """Selection id by track."""


def kst(text: str) -> dt.datetime:
    """An instant such as `2025-09-15 15:00` in Seoul."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=KST)


def open_programme(api: Api, code: str, values: Mapping[str, Any], reason: str) -> Outcome:
    """Upload the definition, fill in what the notice leaves unset, put it in force."""
    definition = yaml.safe_load((ROOT / "programmes" / f"{code}.yaml").read_text(encoding="utf-8"))
    api.post("/intake/v1/programmes", plain(definition))
    outcome = Outcome(code)
    for path, value in values.items():
        version = api.ask("GET", f"/intake/v1/programmes/{code}").headers["ETag"]
        body = {"path": path, "value": value, "reason": reason}
        api.ask("PUT", f"/intake/v1/programmes/{code}/values", json=body, headers={"If-Match": version})
        outcome.values.append(body)
    api.post(f"/intake/v1/programmes/{code}/open", {"reason": "공고 · call opened"})
    api.settle()
    return outcome


def plain(node: Any) -> Any:
    """YAML's dates as JSON writes them."""
    if isinstance(node, dict):
        return {str(name): plain(child) for name, child in node.items()}
    if isinstance(node, list):
        return [plain(child) for child in node]
    return node.isoformat() if isinstance(node, dt.date) else node


def register(api: Api, outcome: Outcome, wish: Wish) -> str | None:
    """Register an applicant's organisation; None, with the refusal noted, where intake does not take it."""
    body = {
        "name": wish.name,
        "business_no": wish.business_no,
        "kind": wish.kind,
        "legal_form": "corporation" if wish.sector == "private" else "public_body",
        "representatives": [wish.representative],
        "opened_on": "2019-03-04",
        "affiliates": [],
    }
    answer = api.ask("POST", "/intake/v1/organisations", json=body, expect=(201, 409, 422))
    if not answer.is_success:
        outcome.refused.append((wish.special, answer.json()))
        return None
    organisation_id: str = answer.json()["organisation_id"]
    outcome.organisations[wish.name] = organisation_id
    return organisation_id


def apply(api: Api, outcome: Outcome, wish: Wish, organisation_id: str) -> str | None:
    """Draft, documents, final submit; None where the draft or the submit is refused."""
    me: dict[str, Any] = {"role": "applicant", "org": organisation_id}
    draft = {
        "programme": outcome.code,
        "organisation_id": organisation_id,
        "track": wish.track,
        "product": wish.product,
        "units": wish.units,
        "months": wish.months,
        "wished_start": wish.wished_start.isoformat(),
        "youth_claimed": wish.youth_claimed,
        "principal_investigator": wish.professor,
        "title": f"{wish.name}의 인공지능 모델 개발",
    }
    made = api.ask("POST", "/intake/v1/applications", json=draft, expect=(201, 409, 422), **me)
    if not made.is_success:
        outcome.refused.append((wish.special, made.json()))
        return None
    application_id: str = made.json()["application_id"]
    for kind, name, content in wish.documents:
        files = {"file": (name, content, "application/octet-stream")}
        api.ask("POST", f"/intake/v1/applications/{application_id}/documents", data={"kind": kind}, files=files, **me)
    return application_id


def submit(api: Api, outcome: Outcome, wish: Wish, application_id: str) -> bool:
    """The final submit, at the clock's present instant."""
    organisation_id = outcome.organisations[wish.name]
    me: dict[str, Any] = {"role": "applicant", "org": organisation_id, "expect": (200, 409)}
    answer = api.ask("POST", f"/intake/v1/applications/{application_id}/submit", **me)
    if not answer.is_success:
        outcome.refused.append((wish.special, answer.json()))
        return False
    outcome.submitted[application_id] = wish
    return True


def screen(api: Api, outcome: Outcome, tick: Tick) -> dict[str, str]:
    """The officer concludes every screening, deciding what the rules leave open; state by application."""
    states = {}
    for application_id, wish in outcome.submitted.items():
        path = f"/intake/v1/applications/{application_id}/screening"
        for finding in api.get(path)["findings"]:
            if finding["outcome"] == "officer":
                verdict = "fail" if wish.special == "no_document" else "pass"
                body = {"rule_id": finding["rule_id"], "outcome": verdict, "reason": "담당자 확인: 원본 서류 대조"}
                api.post(f"{path}/decisions", body)
        states[application_id] = api.post(f"{path}/conclude")["state"]
        tick()
    api.settle()
    return states


def seat_panels(api: Api, outcome: Outcome, track: str, stage: str, reviewers: Sequence[tuple[str, str]]) -> None:
    """Seat a panel over everything that is eligible in a track; reviewers are (id, employer)."""
    seats = [
        {"seat": number, "reviewer_id": reviewer, "name": f"평가위원 {number}", "employer_organisation_id": employer}
        for number, (reviewer, employer) in enumerate(reviewers, 1)
    ]
    body = {"programme": outcome.code, "track": track, "stage": stage, "seats": seats}
    api.post("/review/v1/panels", body)


def score(
    api: Api,
    outcome: Outcome,
    track: str,
    stage: str,
    reviewers: Sequence[str],
    rng: random.Random,
    quality: Mapping[str, float],
    tick: Tick,
) -> None:
    """Every reviewer scores what is assigned to them; noise about each application's quality, in half points."""
    definition = api.get(f"/intake/v1/programmes/{outcome.code}")["definition"]
    rubric = {name: int(criterion["max"]["is"]) for name, criterion in definition["review"]["rubric"].items()}
    for reviewer in reviewers:
        me: dict[str, Any] = {"role": "reviewer", "subject": reviewer}
        assigned = api.all("/review/v1/assignments", params={"programme": outcome.code}, **me)
        sheets = [
            {
                "application_id": one["application_id"],
                "stage": stage,
                "scores": _scores(rubric, quality[one["application_id"]], rng),
                "comment": "",
            }
            for one in assigned
            if one["track"] == track and one["stage"] == stage
        ]
        for start in range(0, len(sheets), 50):
            told = api.post("/review/v1/sheets/batch", {"sheets": sheets[start : start + 50]}, **me)
            del told
            tick()
    api.settle()


def _scores(rubric: Mapping[str, int], quality: float, rng: random.Random) -> dict[str, str]:
    scores = {}
    for name, most in rubric.items():
        share = min(1.0, max(0.0, rng.gauss(quality, 0.05)))
        scores[name] = f"{round(most * share * HALF_POINTS) / HALF_POINTS:.1f}"
    return scores


def select(api: Api, outcome: Outcome, track: str) -> dict[str, Any]:
    """Draw a selection; the officer may deliberate before announcing it."""
    drawn: dict[str, Any] = api.post("/review/v1/selections", {"programme": outcome.code, "track": track})
    outcome.selections[track] = drawn["selection_id"]
    return drawn


def announce(api: Api, outcome: Outcome, track: str) -> dict[str, Any]:
    """Freeze it and tell everybody."""
    selection_id = outcome.selections[track]
    api.two_people(f"/review/v1/selections/{selection_id}/announce", {}, "선정위원회 의결")
    api.settle()
    announced: dict[str, Any] = api.get(f"/review/v1/selections/{selection_id}")
    return announced


def applications_in(api: Api, outcome: Outcome, state: str) -> list[str]:
    """The ids of the call's applications in a state, in order."""
    found = api.all("/intake/v1/applications", params={"programme": outcome.code})
    return sorted(one["application_id"] for one in found if one["state"] == state)


def withdraw(api: Api, outcome: Outcome, application_id: str, reason: str) -> None:
    """An applicant gives up; the waiting list moves up by itself."""
    organisation_id = outcome.organisations[outcome.submitted[application_id].name]
    path = f"/intake/v1/applications/{application_id}/withdraw"
    api.post(path, {"reason": reason}, role="applicant", org=organisation_id)
    api.settle()


def sign_agreements(api: Api, outcome: Outcome, tick: Tick) -> list[str]:
    """Draw up and sign an agreement with every selected applicant."""
    signed = applications_in(api, outcome, "selected")
    for application_id in signed:
        api.post("/intake/v1/agreements", {"application_id": application_id})
        organisation_id = outcome.organisations[outcome.submitted[application_id].name]
        api.post(f"/intake/v1/agreements/{application_id}/sign", role="applicant", org=organisation_id)
        tick()
    api.settle()
    return signed


def _show_balance(api: Api, outcome: Outcome, application_id: str, balance_krw: int) -> None:
    """An applicant hands in the document that shows the balance, and an officer confirms what it shows."""
    at = f"/billing/v1/self-payments/{application_id}/evidence"
    file_name = f"잔액증명서-{application_id}.pdf"
    document = {"sha256": hashlib.sha256(file_name.encode()).hexdigest(), "file_name": file_name}
    organisation_id = outcome.organisations[outcome.submitted[application_id].name]
    told = api.post(at, {"balance_krw": balance_krw, "document": document}, role="applicant", org=organisation_id)
    api.post(f"{at}/{told['evidence'][-1]['evidence_id']}/confirm", {"balance_krw": balance_krw})


def pay_in_advance(api: Api, outcome: Outcome, signed: Sequence[str], tick: Tick) -> int:
    """Everybody who owes a self-payment shows the balance or deposits it; returns the sum in won."""
    total = 0
    for application_id in signed:
        owed = api.get(f"/billing/v1/self-payments/{application_id}")
        due_krw = owed["due_krw"] or 0
        total += due_krw
        if not owed["covered"] and owed["flow"] == "own_account":
            _show_balance(api, outcome, application_id, due_krw)
        elif not owed["covered"]:
            part = {"amount_krw": due_krw - due_krw // 2, "reference": f"입금-{application_id}-2"}
            if due_krw // 2:
                first = {"amount_krw": due_krw // 2, "reference": f"입금-{application_id}-1"}
                api.post(f"/billing/v1/self-payments/{application_id}/deposits", first)
            api.post(f"/billing/v1/self-payments/{application_id}/deposits", part)
        tick()
    api.settle()
    return total
