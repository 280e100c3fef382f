"""Who and what the tests of intake speak of: organisations, drafts, documents, announcements."""

import datetime as dt
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from libs.common.definition.files import load_definition
from libs.common.events.review import SelectionAnnounced
from services.intake.rules.business_number import business_number_holds


def pdf(pages: int, note: bytes = b"") -> bytes:
    """The smallest file that is a PDF of so many empty pages; `note` stands in it as a comment."""
    kids = b" ".join(b"%d 0 R" % (3 + nth) for nth in range(pages))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids)]
    objects += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"] * pages
    made, places = b"%PDF-1.7\n%" + note + b"\n", []
    for nth, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%s\nendobj\n" % (nth, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return made + head + table + trailer


KST = dt.timezone(dt.timedelta(hours=9))
P0 = "gpu-rental-2025s"
OPEN_DAY = dt.datetime(2025, 9, 2, 10, tzinfo=KST)
CLOSES = dt.datetime(2025, 9, 15, 15, tzinfo=KST)
PDF = pdf(1)
APPLICANTS_OWN = re.compile(
    r"(?:PUT|PATCH|POST|DELETE) /(?:applications/(?P<id>A-\d+)(?:/documents.*|/submit|/withdraw)?"
    r"|agreements/(?P<to_sign>A-\d+)/sign)"
)
"""What nobody but the applicant does with an application."""
DEFINITION: dict[str, Any] = json.loads(
    load_definition(Path("programmes/gpu-rental-2025s.yaml")).model_dump_json(by_alias=True)
)


def business_no(nth: int) -> str:
    """The nth business number that holds."""
    nine = f"{101_810_000 + nth:09d}"
    return next(f"{nine}{digit}" for digit in range(10) if business_number_holds(f"{nine}{digit}"))


def xlsx() -> bytes:
    """The smallest file that is a spreadsheet."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


class Office:
    """The agency's officer, and the applicants, each speaking to intake over REST.

    What only an applicant may do is said by that applicant, everything else by the officer, unless `who` is told.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self.http = client.http
        self.officer = client.as_("officer", subject="officer-1")
        self._organisations = 0
        self._applicants: dict[str, str] = {}

    async def call(self, method: str, path: str, status: int, *, who: dict[str, str] | None = None, **more: Any) -> Any:
        """One request; returns its JSON. Fails where the status is not the expected one."""
        headers = {**(who or self._speaker(method, path)), **more.pop("headers", {})}
        answer = await self.http.request(method, f"/v1{path}", headers=headers, **more)
        assert answer.status_code == status, f"{answer.status_code}: {answer.text[:2000]}"
        return answer.json() if answer.content else None

    async def confirmed(self, proposed: Any) -> Any:
        """A second officer confirms a proposal."""
        second = self.client.as_("officer", subject="officer-confirm")
        return await self.call("POST", f"/proposals/{proposed['proposal_id']}/confirm", 200, who=second)

    def _speaker(self, method: str, path: str) -> dict[str, str]:
        own = APPLICANTS_OWN.fullmatch(f"{method} {path}")
        application_id = own and (own["id"] or own["to_sign"])
        return self.of(application_id) if application_id in self._applicants else self.officer

    def of(self, application: str, subject: str | None = None) -> dict[str, str]:
        """Somebody of the organisation that made an application, which is told by its id or an address below it."""
        named = re.search(r"A-\d+", application)
        assert named is not None
        return self.applicant(self._applicants[named[0]], subject)

    async def open_programme(self) -> None:
        """Upload and open P0, on the first day of its call."""
        self.client.clock.set(OPEN_DAY)
        await self.call("POST", "/programmes", 201, json=DEFINITION)
        await self.call("POST", f"/programmes/{P0}/open", 200)

    async def organisation(self, **more: Any) -> str:
        """Register an enterprise; returns its id."""
        self._organisations += 1
        told = {
            "name": f"한빛에이아이{self._organisations}",
            "business_no": business_no(self._organisations),
            "kind": "sme",
            "legal_form": "corporation",
            "representatives": [{"name": "김하나", "born_on": "1990-01-01"}],
            "opened_on": "2015-03-02",
            **more,
        }
        registered = await self.call("POST", "/organisations", 201, json=told)
        return str(registered["organisation_id"])

    def applicant(self, organisation_id: str, subject: str | None = None) -> dict[str, str]:
        """Somebody of an organisation."""
        headers: dict[str, str] = self.client.as_("applicant", organisation_id=organisation_id, subject=subject)
        return headers

    async def draft(self, organisation_id: str, **more: Any) -> str:
        """Begin a draft for track 1; returns its id."""
        told = {
            "programme": P0,
            "organisation_id": organisation_id,
            "track": "1",
            "product": "H100x2",
            "units": 1,
            "months": 6,
            "wished_start": "2025-10-01",
            "youth_claimed": True,
            **more,
        }
        made = await self.call("POST", "/applications", 201, who=self.applicant(organisation_id), json=told)
        self._applicants[made["application_id"]] = organisation_id
        return str(made["application_id"])

    async def upload(self, application_id: str, kind: str, name: str, content: bytes, status: int = 201) -> Any:
        """Upload one document."""
        files = {"file": (name, content, "application/octet-stream")}
        return await self.call(
            "POST", f"/applications/{application_id}/documents", status, data={"kind": kind}, files=files
        )

    async def documents(self, application_id: str) -> None:
        """Upload all that an enterprise needs for track 1."""
        shown = await self.call("GET", f"/applications/{application_id}", 200)
        name = (await self.call("GET", f"/organisations/{shown['organisation_id']}", 200))["name"]
        for kind, number in {
            "plan": 1,
            "self_check_and_consent": 3,
            "business_registration": 4,
            "sme_certificate": 7,
            "corporate_registry": 7,
            "tax_clearance": 7,
            "financial_statements": 7,
        }.items():
            await self.upload(application_id, kind, f"[{name}] {number}_서류.pdf", PDF + kind.encode())
        await self.upload(application_id, "application_sheet", f"[{name}] 2_신청 현황표.xlsx", xlsx())

    async def submitted(self, **more: Any) -> str:
        """A complete, submitted application of a new enterprise; returns its id."""
        application_id = await self.draft(await self.organisation(), **more)
        await self.documents(application_id)
        await self.call("POST", f"/applications/{application_id}/submit", 200)
        return application_id

    async def eligible(self, **more: Any) -> str:
        """A submitted application whose screening ended well, its documents waived; returns its id."""
        application_id = await self.draft(await self.organisation(), **more)
        await self.call("POST", f"/applications/{application_id}/submit", 200)
        waived = {"rule_id": "IN-9", "outcome": "pass", "reason": "원본 대조 완료"}
        await self.call("POST", f"/applications/{application_id}/screening/decisions", 201, json=waived)
        await self.call("POST", f"/applications/{application_id}/screening/conclude", 200)
        return application_id

    async def selected(self, **more: Any) -> str:
        """An eligible application that was announced as selected; returns its id."""
        application_id = await self.eligible()
        await self.announce(application_id, **more)
        return application_id

    async def announce(self, application_id: str, **more: Any) -> None:
        """Have review announce an outcome."""
        shown = await self.call("GET", f"/applications/{application_id}", 200)
        told = {
            "application_id": application_id,
            "programme_code": P0,
            "programme_version": 1,
            "selection_id": "S-000001",
            "run_version": 1,
            "run_sha256": "0" * 64,
            "announced_at": self.client.clock.now(),
            "outcome": "selected",
            "refused_by": "",
            "promoted": False,
            "organisation_id": shown["organisation_id"],
            "sector": "private",
            "track": shown["track"],
            "product": shown["product"],
            "units_asked": shown["units"],
            "months_asked": shown["months"],
            "units": shown["units"],
            "months": shown["months"],
            "reason": "",
            "score": "83.10",
            "rank": 1,
            "rank_all": 1,
            "receipt_no": shown["receipt_no"],
            "wished_start": shown["wished_start"],
            **more,
        }
        await self.client.feed(SelectionAnnounced.model_validate(told))

    async def state(self, application_id: str) -> str:
        """The application's visible state."""
        return str((await self.call("GET", f"/applications/{application_id}", 200))["state"])
