"""Intake's api as it is deployed, with a programme open, and uploads to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from libs.common.clock import SettableClock
from libs.embedded.postgres import EmbeddedPostgres
from tests.faults.stand import Stand, standing
from tests.services.intake.people import OPEN_DAY, PDF, Office

MB = 1 << 20
FORM = {"Content-Type": "multipart/form-data; boundary=x"}


class Caller:
    """What an office needs of a client, over a real process."""

    def __init__(self, stand: Stand, clock: SettableClock) -> None:
        self.http = httpx.AsyncClient(base_url=f"{stand.http.base_url}/intake", timeout=120, trust_env=False)
        self.clock = clock
        self._stand = stand

    def as_(self, role: str, organisation_id: str = "", subject: str = "") -> dict[str, str]:
        """The headers of a caller with this role."""
        return self._stand.as_(role, organisation_id=organisation_id, subject=subject)


async def form(size_mb: int, first: bytes = PDF) -> AsyncIterator[bytes]:
    """A form with one file, sent in pieces of a mebibyte: the sender holds no more either."""
    yield b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nplan\r\n'
    yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + first
    for _ in range(size_mb):
        yield b"\0" * MB
    yield b"\r\n--x--\r\n"


@asynccontextmanager
async def intake_standing(
    postgres: EmbeddedPostgres, folder: Path, **environment: str
) -> AsyncIterator[tuple[Stand, Office]]:
    """Start it, on the first day of the call of the programme that is open."""
    clock = SettableClock(folder / "clock.json")
    clock.set(OPEN_DAY)
    told = {"DURE_CLOCK_FILE": str(folder / "clock.json"), "TMPDIR": str(folder), **environment}
    async with standing("intake", postgres, folder, **told) as stand:
        await stand.await_ready()
        office = Office(Caller(stand, clock))
        await office.open_programme()
        try:
            yield stand, office
        finally:
            await office.http.aclose()
