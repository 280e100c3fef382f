"""A small call for the tests of review: a programme of two tracks, applications, panels, sheets."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

from libs.common.bus import Message
from libs.common.definition.files import load_definition
from libs.common.definition.programme import Programme
from libs.common.definition.reading import with_value
from libs.common.events.envelope import wrap
from libs.common.events.intake import ApplicationScreened, ApplicationSubmitted, ApplicationWithdrawn, ProgrammeOpened
from libs.common.inbox import consume

CODE = "gpu-rental-2025s"
OPENED = dt.datetime(2025, 8, 14, tzinfo=dt.UTC)
RECEIVED = dt.datetime(2025, 9, 2, tzinfo=dt.UTC)
NOW = dt.datetime(2025, 9, 22, tzinfo=dt.UTC)
FULL = {"goals": "30", "capability": "15", "resource_plan": "25", "results": "30"}


def definition(**values) -> Programme:
    """P0 with its unset selection limits filled in; `values` are other values by path, dots written as `__`."""
    programme = load_definition(Path("programmes/gpu-rental-2025s.yaml"))
    filled = {}
    for track in ("1", "2"):
        filled |= {
            f"tracks.{track}.selection.{name}": "none" for name in ("capacity", "budget_krw", "planning_price_krw")
        }
    filled |= {path.replace("__", "."): value for path, value in values.items()}
    for path, value in filled.items():
        programme = with_value(programme, path, value, "test")
    return programme


def opened(**values) -> ProgrammeOpened:
    """The event that opens it."""
    programme = definition(**values)
    tree = programme.model_dump(mode="json", by_alias=True)
    return ProgrammeOpened(code=CODE, version=programme.version, in_force_from=OPENED, definition=tree)


def application(name: str, **changes) -> dict:
    """An application's facts: `U…` is public, everything else private; each is an organisation of its own."""
    facts = {
        "application_id": f"A-{name}",
        "programme_code": CODE,
        "programme_version": 1,
        "receipt_no": f"{CODE}-{name}",
        "received_at": RECEIVED,
        "organisation_id": f"O-{name}",
        "organisation_name": f"organisation {name}",
        "applicant_kind": "university" if name.startswith("U") else "sme",
        "sector": "public" if name.startswith("U") else "private",
        "counting_unit": f"unit-{name}",
        "track": "1",
        "product": "H100x1",
        "units": 1,
        "months": 3,
        "wished_start": dt.date(2025, 10, 1),
    }
    return {**facts, **changes}


def submitted(name: str, **changes) -> ApplicationSubmitted:
    """It reached the server in time."""
    return ApplicationSubmitted(**application(name, **changes))


def screened(name: str, *, eligible: bool = True, youth: bool = False, **changes) -> ApplicationScreened:
    """Screening ended."""
    return ApplicationScreened(
        **application(name, **changes), eligible=eligible, youth=youth, principal_investigator_id=f"PI-{name}"
    )


def withdrawn(name: str) -> ApplicationWithdrawn:
    """The applicant withdrew."""
    return ApplicationWithdrawn(application_id=f"A-{name}", programme_code=CODE, withdrawn_at=NOW, reason="사업 포기")


def seats(count: int = 5, prefix: str = "reviewer", **employers) -> list[dict]:
    """Seats 1 to `count`; `employers` by seat such as `seat2="O-P1"`."""
    return [
        {
            "seat": number,
            "reviewer_id": f"{prefix}-{number}",
            "name": f"평가위원 {number}",
            "employer_organisation_id": employers.get(f"seat{number}", ""),
        }
        for number in range(1, count + 1)
    ]


def scores(total: str) -> dict[str, str]:
    """Scores by criterion that add up to a total of points, filled up criterion by criterion."""
    left, given = Decimal(total), {}
    for name, most in FULL.items():
        given[name] = str(min(left, Decimal(most)))
        left -= Decimal(given[name])
    return given


class Call:
    """Drives review through REST and events."""

    def __init__(self, client) -> None:
        self.client = client
        self.http = client.http
        self.officer = client.as_("officer", subject="officer-1")

    async def open(self, **values) -> None:
        """Open the programme and set the clock."""
        self.client.clock.set(NOW)
        await self.feed(opened(**values))

    async def feed(self, *events) -> None:
        """Deliver events, one after the other, each as a batch that takes its locks first."""
        for event in events:
            await self.hear(event)

    async def hear(self, *events, handlers=None) -> int:
        """Deliver events in one batch, as the service's runtime does; returns how many had an effect."""
        client = self.client
        told = [(event, wrap(event, now=client.clock.now(), correlation_id="test")) for event in events]
        batch = [Message(event.topic(), event.key(), envelope.model_dump_json()) for event, envelope in told]
        return await consume(
            client.db, handlers or client.service.handlers, batch, clock=client.clock, dead_letters_max=100,
            lock_first=client.service.lock_first,
        )  # fmt: skip

    async def screen(self, *names: str, **changes) -> None:
        """Eligible applications."""
        await self.feed(*(screened(name, **changes) for name in names))

    async def panel(self, *, status: int = 201, **body):
        """Seat a panel of five for track 1's documents, unless `body` says otherwise."""
        full = {"programme": CODE, "track": "1", "stage": "document", "seats": seats(), **body}
        answer = await self.http.post("/v1/panels", json=full, headers=self.officer)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def sheet(
        self, name: str, seat: int, total="80", *, status: int = 201, stage="document", prefix="reviewer", **body
    ):
        """One sheet of a reviewer."""
        full = {"application_id": f"A-{name}", "stage": stage, "scores": scores(total), **body}
        headers = self.client.as_("reviewer", subject=f"{prefix}-{seat}")
        answer = await self.http.post("/v1/sheets", json=full, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def score(self, name: str, total: str, *, stage: str = "document", count: int = 5, prefix="reviewer") -> None:
        """The same total from every seat."""
        for seat in range(1, count + 1):
            await self.sheet(name, seat, total, stage=stage, prefix=prefix)

    async def post(self, path: str, *, status: int = 201, **body):
        """An officer's command."""
        answer = await self.http.post(f"/v1/{path}", json=body or None, headers=self.officer)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def announce(self, selection_id: str):
        """One officer proposes to announce a selection, another confirms it; returns the selection."""
        proposed = await self.post(f"selections/{selection_id}/announce", reason="위원회 의결")
        await self.confirm(proposed)
        return await self.get(f"selections/{selection_id}")

    async def confirm(self, proposal, *, subject: str = "officer-confirm", status: int = 200):
        """A second officer confirms a proposal."""
        path = f"/v1/proposals/{proposal['proposal_id']}/confirm"
        answer = await self.http.post(path, headers=self.client.as_("officer", subject=subject))
        assert answer.status_code == status, answer.text
        return answer.json()

    async def get(self, path: str, *, status: int = 200, headers=None, **query):
        """A read, by the officer unless others ask."""
        answer = await self.http.get(f"/v1/{path}", params=query, headers=headers or self.officer)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def ranked(self, *names: str, **changes) -> None:
        """Applications screened and scored so that they rank in this order: 95.00, 94.00, …"""
        await self.feed(*(screened(name, **changes) for name in names))
        if not (await self.get("panels", programme=CODE))["items"]:
            await self.panel()
        sheets = [
            {"application_id": f"A-{name}", "stage": "document", "scores": scores(str(95 - place))}
            for place, name in enumerate(names)
        ]
        for seat in range(1, 6):
            headers = self.client.as_("reviewer", subject=f"reviewer-{seat}")
            answer = await self.http.post("/v1/sheets/batch", json={"sheets": sheets}, headers=headers)
            assert {item["outcome"] for item in answer.json()["items"]} == {"accepted"}
