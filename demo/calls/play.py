"""Plays a small call through REST: every applicant, officer and reviewer with a token of his own."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import yaml

from demo.api import SECOND_OFFICER, Api, Unexpected
from demo.call import ROOT, plain
from demo.calls.files import file_of
from demo.calls.plan import Applicant, Plan

DONE = (200, 201, 204)
SEATS = range(1, 6)
STAGES = ("document", "presentation")


class Play:
    """One call, step by step; each step leaves what the next needs."""

    def __init__(self, api: Api, plan: Plan) -> None:
        self.api, self.plan = api, plan
        self.definition: dict[str, Any] = yaml.safe_load(
            (ROOT / "programmes" / f"{plan.code}.yaml").read_text(encoding="utf-8")
        )
        self.met: dict[str, dict[str, Any]] = {}
        """Path → the problem `policy_missing` that a step met there first, in order; then an officer set the value."""
        self.organisations: dict[int, str] = {}
        """Organisation id by the number of its business number."""
        self.applications: dict[str, str] = {}
        """Application id by the applicant's short name."""
        self.refused: dict[str, dict[str, Any]] = {}
        """The problem of each that could not file."""
        self.selections: dict[str, str] = {}
        """Selection id by track."""

    def send(self, method: str, path: str, body: Any = None, *, refusals: bool = False, **more: Any) -> Any:
        """One request; where it needs a value that the notice leaves unset, an officer sets it and it is sent again.

        Returns the answer's JSON; with `refusals`, a conflict's problem too. Raises Unexpected otherwise.
        """
        while True:
            answer = self.api.ask(method, path, expect=(*DONE, 409), json=body, **more)
            told: Any = answer.json() if answer.content else None
            if answer.is_success:
                return told
            missing: str = told["facts"].get("path", "") if told["code"] == "policy_missing" else ""
            if missing not in self.plan.values or missing in self.met:
                if refusals:
                    return told
                raise Unexpected(f"{method} {path} → {answer.status_code}: {answer.text[:1500]}")
            self.met[missing] = told
            self.set_value(missing, self.plan.values[missing])
            if not path.startswith("/intake/"):
                self.api.settle()  # the other services hear of it

    def set_value(self, path: str, value: Any) -> None:
        """An officer's new version of the definition, with one value."""
        at = f"/intake/v1/programmes/{self.plan.code}"
        version = self.api.ask("GET", at).headers["ETag"]
        body = {"path": path, "value": value, "reason": "시행계획 · implementation plan"}
        self.api.ask("PUT", f"{at}/values", json=body, headers={"If-Match": version})

    def open(self) -> None:
        """Upload the shipped definition and put it in force."""
        self.api.clock(self.plan.opens)
        self.send("POST", "/intake/v1/programmes", plain(self.definition))
        self.send("POST", f"/intake/v1/programmes/{self.plan.code}/open", {"reason": "공고 · call opened"})
        self.api.settle()

    def file(self) -> None:
        """Everybody founds an organisation, writes a draft, hands in documents and files, in order of time."""
        ordered = sorted(self.plan.applicants.items(), key=lambda named: named[1].files_at or self.plan.files)
        for name, applicant in ordered:
            self.api.clock(applicant.files_at or self.plan.files, rest=False)
            application_id = self.write(applicant)
            filed = self.send("POST", f"{_at(application_id)}/submit", refusals=True, **_as(applicant))
            if "receipt_no" in filed:
                self.applications[name] = application_id
            else:
                self.refused[name] = filed
        self.api.settle()

    def found(self, applicant: Applicant) -> None:
        """Register the organisation with the applicant's own token, which names none; an officer records what bars."""
        if applicant.nth in self.organisations:
            return
        made = self.send("POST", "/intake/v1/organisations", applicant.registration(), **_as(applicant))
        at = f"/intake/v1/organisations/{made['organisation_id']}"
        self.organisations[applicant.nth] = made["organisation_id"]
        for fact in applicant.restrictions:
            self.send("POST", f"{at}/restrictions", dict(fact))
        if applicant.places:
            version = self.api.ask("GET", at, **_as(applicant)).headers["ETag"]
            body = {"places": [dict(place) for place in applicant.places], "reason": "사업자등록증의 사업장"}
            self.send("PATCH", at, body, headers={"If-Match": version}, **_as(applicant))

    def write(self, applicant: Applicant) -> str:
        """A draft of nothing, filled in by a patch of what is asked for and of the call's form, with its documents."""
        self.found(applicant)
        organisation_id = self.organisations[applicant.nth]
        begun = {"programme": self.plan.code, "organisation_id": organisation_id}
        made = self.send("POST", "/intake/v1/applications", begun, **_as(applicant))
        at = _at(made["application_id"])
        body = {**applicant.wish(), "title": f"{applicant.name}의 과제", "form": dict(applicant.form)}
        version = self.api.ask("GET", at, **_as(applicant)).headers["ETag"]
        self.send("PATCH", at, body, headers={"If-Match": version}, **_as(applicant))
        for kind in applicant.documents:
            name, content = file_of(kind, self.definition["intake"]["documents"][kind]["formats"]["is"])
            number = self.definition["intake"]["documents"][kind]["number"]
            files = {"file": (f"[{applicant.name}] {number}_{name}", content, "application/octet-stream")}
            told = {"kind": kind, **self._days(kind)}
            self.api.ask("POST", f"{at}/documents", data=told, files=files, **_as(applicant))
        return str(made["application_id"])

    def _days(self, kind: str) -> dict[str, str]:
        """What is stated of a certificate where the call asks for it: the first issue day, and the notice date."""
        listed, days = self.definition["intake"]["documents"][kind], {}
        if "issued_on_or_after" in listed:
            days["issued_on"] = str(listed["issued_on_or_after"]["is"])
        if "valid_on_notice_date" in listed:
            days["valid_until"] = str(self.definition["notice_date"]["is"])
        return days

    def receipt(self, name: str) -> bytes:
        """The acknowledgement of receipt as its applicant gets it."""
        at = f"{_at(self.applications[name])}/receipt.pdf"
        return self.api.ask("GET", at, **_as(self.plan.applicants[name])).content

    def screening(self, name: str) -> dict[str, Any]:
        """Where an application's screening stands."""
        told: dict[str, Any] = self.send("GET", f"{_at(self.applications[name])}/screening")
        return told

    def screen(self) -> dict[str, str]:
        """An officer decides what the call leaves to officers and ends every screening; state by short name."""
        self.api.clock(self.plan.screens)
        states = {}
        for name, application_id in self.applications.items():
            at = f"{_at(application_id)}/screening"
            found = self.send("GET", at)["findings"]
            for rule_id in sorted({one["rule_id"] for one in found if one["outcome"] == "officer"}):
                outcome = self.plan.decisions.get(rule_id, "pass")
                body = {"rule_id": rule_id, "outcome": outcome, "reason": "담당자 확인: 원본 대조"}
                self.send("POST", f"{at}/decisions", body)
            states[name] = self.send("POST", f"{at}/conclude")["state"]
        self.api.settle()
        return states

    def stages(self, track: str) -> list[str]:
        """The stages that applications of a track may come to."""
        part = self.definition["tracks"][track]
        asked = {*part["stages"]["is"], *part.get("large_stages", {"is": []})["is"]}
        return [stage for stage in STAGES if stage in asked]

    def review(self) -> None:
        """Five reviewers a track and stage see that nothing is in their way, read, and score; then the next stage."""
        self.api.clock(self.plan.reviews)
        for track in self.tracks():
            for stage in self.stages(track):
                self._stage(track, stage, SEATS)

    def begin_review(self, scoring: Sequence[int]) -> None:
        """The panels of each track's first stage are seated, and only some of the seats have scored so far."""
        self.api.clock(self.plan.reviews)
        for track in self.tracks():
            self._stage(track, self.stages(track)[0], scoring)

    def tracks(self) -> list[str]:
        """The tracks that somebody filed in."""
        return sorted({self.plan.applicants[name].track for name in self.applications})

    def _stage(self, track: str, stage: str, scoring: Sequence[int]) -> None:
        reviewers = [f"reviewer-{self.plan.code}-{track}-{stage}-{seat}" for seat in SEATS]
        seats = [
            {"seat": seat, "reviewer_id": reviewer, "name": f"위원 {seat}", "employer_organisation_id": ""}
            for seat, reviewer in zip(SEATS, reviewers, strict=True)
        ]
        body = {"programme": self.plan.code, "track": track, "stage": stage, "seats": seats}
        panel = self.send("POST", "/review/v1/panels", body)
        at_work = [reviewers[seat - 1] for seat in scoring]
        assigned = {reviewer: self._clear(panel["panel_id"], reviewer) for reviewer in at_work}
        self.api.settle()  # intake hears who may read
        for reviewer, application_ids in assigned.items():
            me: dict[str, Any] = {"role": "reviewer", "subject": reviewer}
            for application_id in application_ids:
                self.send("GET", f"/intake/v1/reviewing/{application_id}", params={"stage": stage}, **me)
                sheet = {"application_id": application_id, "stage": stage, "scores": self._scores(application_id)}
                self.send("POST", "/review/v1/sheets", sheet, **me)
        self.api.settle()

    def _clear(self, panel_id: str, reviewer: str) -> list[str]:
        """A reviewer says of all that it is asked to score that nothing is in its way; returns their ids."""
        me: dict[str, Any] = {"role": "reviewer", "subject": reviewer}
        assigned = [one["application_id"] for one in self.api.all("/review/v1/assignments", **me)]
        for application_id in assigned:
            self.send("POST", f"/review/v1/panels/{panel_id}/clearances", {"application_id": application_id}, **me)
        return assigned

    def _scores(self, application_id: str) -> dict[str, str]:
        names = {known: name for name, known in self.applications.items()}
        left, scores = Decimal(self.plan.applicants[names[application_id]].points), {}
        for name, most in self.maxima().items():
            scores[name] = str(min(left, most))
            left -= min(left, most)
        return scores

    def maxima(self) -> dict[str, Decimal]:
        """The most points of each criterion, by the definition or by what an officer sets."""
        rubric = self.definition["review"]["rubric"]
        set_by_officers = {name: self.plan.values.get(f"review.rubric.{name}.max") for name in rubric}
        return {name: Decimal(str(set_by_officers[name] or one["max"]["is"])) for name, one in rubric.items()}

    def select(self) -> dict[str, dict[str, Any]]:
        """Each track's selection is drawn, proposed by one officer and announced by another; by track."""
        self.api.clock(self.plan.announces)
        return {track: self.announce(track) for track in self.tracks()}

    def announce(self, track: str) -> dict[str, Any]:
        """One track's selection, from its draft to its announcement."""
        drawn = self.send("POST", "/review/v1/selections", {"programme": self.plan.code, "track": track})
        self.selections[track] = drawn["selection_id"]
        at = f"/review/v1/selections/{drawn['selection_id']}"
        proposed = self.send("POST", f"{at}/announce", {"reason": "선정위원회 의결"})
        confirm = f"/review/v1/proposals/{proposed['proposal_id']}/confirm"
        self.send("POST", confirm, {"reason": "근거 확인"}, subject=SECOND_OFFICER)
        self.api.settle()
        announced: dict[str, Any] = self.send("GET", at)
        return announced

    def result(self, name: str) -> dict[str, Any]:
        """An application's result as its applicant reads it."""
        applicant = self.plan.applicants[name]
        me: dict[str, Any] = {
            "role": "applicant",
            "subject": applicant.person,
            "org": self.organisations[applicant.nth],
        }
        told: dict[str, Any] = self.send("GET", f"/review/v1/results/{self.applications[name]}", **me)
        return told

    def agree(self, name: str) -> dict[str, Any]:
        """The agreement of one selected applicant is drawn up and signed; returns what it owes of its own."""
        application_id, applicant = self.applications[name], self.plan.applicants[name]
        self.send("POST", "/intake/v1/agreements", {"application_id": application_id})
        self.send("POST", f"/intake/v1/agreements/{application_id}/sign", **_as(applicant))
        self.api.settle()
        owed: dict[str, Any] = self.send("GET", f"/billing/v1/self-payments/{application_id}")
        return owed


def _as(applicant: Applicant) -> Mapping[str, Any]:
    """The token of the person who applies: it names no organisation."""
    return {"role": "applicant", "subject": applicant.person}


def _at(application_id: str) -> str:
    return f"/intake/v1/applications/{application_id}"
