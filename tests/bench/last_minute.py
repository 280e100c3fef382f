"""A call's last minute: applicants who upload and submit at two processes of intake, and some at the last instant."""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from libs.common.clock import SettableClock
from libs.common.db_address import connect_arguments
from libs.common.events.intake import ApplicationSubmitted
from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.stand import Stand, beside, standing
from tests.faults.uploads import Caller
from tests.services.intake.people import CLOSES, OPEN_DAY, P0, Office, pdf

KINDS = ("plan", "self_check_and_consent", "business_registration")
FILES = len(KINDS)
PREPARED_AT_ONCE = 8
PER_OFFICER = 500
"""How many organisations one officer registers: fewer than one may ask in a minute."""
TRIES_MAX = 50


@dataclass
class Sent:
    """One request as its sender saw it: when its first byte left, when its last one had, and how it ended."""

    began_at: dt.datetime
    gone_at: dt.datetime
    status: int
    took_s: float
    answer: dict[str, Any]
    tries: int


@dataclass
class Applicant:
    """Somebody with a draft: what was sent, in order."""

    organisation_id: str
    application_id: str
    headers: dict[str, str]
    base: str
    uploads: list[Sent] = field(default_factory=list)
    submit: Sent | None = None


class Hall:
    """Two processes of intake on one database and one folder of documents, and a call that is about to close."""

    def __init__(self, stand: Stand, second: int, office: Office, clock: SettableClock, database_url: str) -> None:
        self._bases = (f"http://127.0.0.1:{stand.port}/intake", f"http://127.0.0.1:{second}/intake")
        self._stand = stand
        self.office = office
        self.clock = clock
        self.database_url = database_url
        self._clients: dict[str, httpx.AsyncClient] = {}

    def client(self, applicant: Applicant) -> httpx.AsyncClient:
        """A connection of the applicant's own: one pool for all would cost its user more than the service."""
        known = self._clients.get(applicant.application_id)
        if known is None:
            known = httpx.AsyncClient(timeout=120, trust_env=False, verify=False)  # noqa: S501 - it is http
            self._clients[applicant.application_id] = known
        return known

    async def left(self, applicant: Applicant) -> None:
        """The applicant closes the window."""
        if (client := self._clients.pop(applicant.application_id, None)) is not None:
            await client.aclose()

    async def close(self) -> None:
        """Everybody does."""
        for client in self._clients.values():
            await client.aclose()

    async def prepare(self, count: int) -> list[Applicant]:
        """Register so many organisations, each with a draft, on the first day of the call."""
        self.clock.set(OPEN_DAY)
        places = asyncio.Semaphore(PREPARED_AT_ONCE)

        async def one(nth: int) -> Applicant:
            async with places:
                self.office.officer = self._stand.as_("officer", subject=f"officer-{nth // PER_OFFICER}")
                organisation = await self.office.organisation()
                draft = await self.office.draft(organisation)
                headers = self._stand.as_("applicant", organisation_id=organisation, subject=f"person-{nth}")
                return Applicant(organisation, draft, headers, self._bases[nth % len(self._bases)])

        return list(await asyncio.gather(*(one(nth) for nth in range(count))))

    async def upload(self, applicant: Applicant) -> None:
        """Upload the files, one after the other, as a person does."""
        for kind in KINDS:
            content = pdf(1, f"{applicant.application_id} {kind}".encode())
            files = {"file": (f"{kind}.pdf", content, "application/pdf")}
            path = f"/v1/applications/{applicant.application_id}/documents"
            applicant.uploads.append(await self._send(applicant, path, kind, data={"kind": kind}, files=files))

    async def submit(self, applicant: Applicant) -> None:
        """Submit; again with the same key where the answer is to wait."""
        path = f"/v1/applications/{applicant.application_id}/submit"
        applicant.submit = await self._send(applicant, path, "submit")

    async def _send(self, applicant: Applicant, path: str, key: str, **more: Any) -> Sent:
        seen: dict[str, dt.datetime] = {}

        async def watch(event: str, _: dict[str, Any]) -> None:
            if event == "http11.send_request_headers.started":
                seen.setdefault("began", self.clock.now())
            if event == "http11.send_request_body.complete":
                seen.setdefault("gone", self.clock.now())

        headers = {**applicant.headers, "Idempotency-Key": f"{applicant.application_id}-{key}"}
        tries = 0
        while tries < TRIES_MAX:
            tries += 1
            answer = await self.client(applicant).post(
                f"{applicant.base}{path}", headers=headers, extensions={"trace": watch}, **more
            )
            ended = self.clock.now()
            if answer.status_code not in {429, 503}:
                break
            await asyncio.sleep(int(answer.headers["Retry-After"]))
        took_s = (ended - seen["began"]).total_seconds()
        return Sent(seen["began"], seen["gone"], answer.status_code, took_s, answer.json(), tries)


@asynccontextmanager
async def hall(postgres: EmbeddedPostgres, folder: Path) -> AsyncIterator[Hall]:
    """Start both processes, as they are deployed, with P0's call open."""
    clock = SettableClock(folder / "clock.json")
    clock.set(OPEN_DAY)
    told = {"DURE_CLOCK_FILE": str(folder / "clock.json"), "TMPDIR": str(folder)}
    async with standing("intake", postgres, folder, proxied=False, **told) as stand:
        await stand.await_ready()
        office = Office(Caller(stand, clock))
        await office.open_programme()
        async with beside(stand, "intake") as second:
            made = Hall(stand, second, office, clock, stand.told["DURE_DATABASE_URL"])
            try:
                yield made
            finally:
                await made.close()
                await office.http.aclose()


async def upload_all(there: Hall, applicants: Sequence[Applicant], together: int) -> float:
    """All upload their files, so many at once; returns the seconds that it took."""
    places = asyncio.Semaphore(together)

    async def one(applicant: Applicant) -> None:
        async with places:
            await there.upload(applicant)
            await there.left(applicant)

    began = time.perf_counter()
    await asyncio.gather(*(one(applicant) for applicant in applicants))
    return time.perf_counter() - began


async def submit_at(there: Hall, plans: Sequence[tuple[Applicant, dt.datetime]]) -> None:
    """Everybody submits at the planned instant, whatever became of the others."""

    async def one(applicant: Applicant, at: dt.datetime) -> None:
        await asyncio.sleep((at - there.clock.now()).total_seconds())
        await there.submit(applicant)
        await there.left(applicant)

    await asyncio.gather(*(one(applicant, at) for applicant, at in plans))


def wrongly_late(applicants: Iterable[Applicant]) -> list[Sent]:
    """Submits whose last byte had left when the call was open, and that were refused."""
    sent = [one.submit for one in applicants if one.submit is not None]
    return [one for one in sent if one.gone_at <= CLOSES and one.status != 200]


def wrongly_in_time(applicants: Iterable[Applicant]) -> list[Sent]:
    """Submits whose first byte left when the call was closed, and that were taken."""
    sent = [one.submit for one in applicants if one.submit is not None]
    return [one for one in sent if one.began_at > CLOSES and one.status == 200]


async def lost(there: Hall, applicants: Sequence[Applicant]) -> list[str]:
    """What is missing or doubled in the database of what was acknowledged, in words; nothing where all is there."""
    connection = await asyncpg.connect(**connect_arguments(there.database_url))
    try:
        rows = await connection.fetch("SELECT application_id, state, receipt_no FROM application")
        filed = await connection.fetch("SELECT application_id, count(*) AS files FROM document GROUP BY 1")
        said = await connection.fetch(
            "SELECT key, count(*) AS times FROM outbox WHERE type = $1 GROUP BY 1", ApplicationSubmitted.TYPE
        )
    finally:
        await connection.close()
    known = {row["application_id"]: row for row in rows}
    files, times = {row[0]: row[1] for row in filed}, {row[0]: row[1] for row in said}
    found = []
    taken = [one for one in applicants if one.submit is not None and one.submit.status == 200]
    for one in taken:
        assert one.submit is not None
        row = known[one.application_id]
        if row["state"] == "draft" or row["receipt_no"] != one.submit.answer["receipt_no"]:
            found.append(f"{one.application_id} is {row['state']} under {row['receipt_no']}")
        if files.get(one.application_id) != FILES or times.get(one.application_id) != 1:
            found.append(
                f"{one.application_id} has {files.get(one.application_id)} files, said {times.get(one.application_id)}"
            )
    receipts = sorted(row["receipt_no"] for row in rows if row["receipt_no"])
    if receipts != [f"{P0}-{nth:05d}" for nth in range(1, len(taken) + 1)]:
        found.append(f"{len(receipts)} receipts for {len(taken)} submissions, or not from 1 without gaps")
    found += [
        f"{one.application_id}: upload {sent.status}"
        for one in applicants
        for sent in one.uploads
        if sent.status != 201
    ]
    return found
