"""The allocator as its people use it: an officer, providers, applicants, and the events of the other services."""

import datetime as dt
import zlib
from pathlib import Path
from typing import Any

import httpx

from libs.common.definition.files import load_definition
from libs.common.definition.reading import with_value
from libs.common.events.billing import SelfpayDeposited, SelfpayDue
from libs.common.events.intake import AgreementSigned, ProgrammeOpened, ProviderChanged, ProviderRegistered
from libs.common.events.review import SelectionAnnounced
from tests.conftest import START, ServiceClient

PROGRAMMES = Path(__file__).parents[3] / "programmes"
P0, P1 = "gpu-rental-2025s", "hpc-2025-gpu"
SIGNED = dt.datetime(2025, 9, 25, 1, tzinfo=dt.UTC)
SPECIFICATION = {"cpu_ghz": "2.4", "cores": 32, "memory_gb": 512, "storage_tb": "10", "line_gbps": "10"}


class Office:
    """Short words for what tests do again and again."""

    def __init__(self, client: ServiceClient) -> None:
        self.client = client
        self._providers: set[str] = set()

    async def open(self, code: str, **values: Any) -> None:
        """Open a programme, with an officer's values for some paths (dots written as two underscores)."""
        definition = load_definition(PROGRAMMES / f"{code}.yaml")
        for path, value in values.items():
            definition = with_value(definition, path.replace("__", "."), value, "시험")
        tree = definition.model_dump(mode="json", by_alias=True)
        at = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
        await self.client.feed(
            ProgrammeOpened(code=code, version=definition.version, in_force_from=at, definition=tree)
        )

    async def post(
        self, path: str, body: Any = None, *, role: str = "officer", org: str = "", **headers: str
    ) -> httpx.Response:
        """A POST of a caller."""
        told = {**self.client.as_(role, organisation_id=org), **headers}
        return await self.client.http.post(f"/v1{path}", json=body, headers=told)

    async def get(self, path: str, *, role: str = "officer", org: str = "") -> httpx.Response:
        """A GET of a caller."""
        return await self.client.http.get(f"/v1{path}", headers=self.client.as_(role, organisation_id=org))

    async def done(self, path: str, body: Any = None, **more: Any) -> Any:
        """A POST that succeeds; its answer."""
        answer = await self.post(path, body, **more)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def provider(self, provider: str, **more: Any) -> int:
        """Intake tells of a provider; returns 1 where that had its effect."""
        number = f"{zlib.crc32(provider.encode()):010d}"
        told = {
            "provider_id": provider,
            "organisation_id": f"O-{provider}",
            "name": provider,
            "business_no": number,
            "members": [],
            "representative_keys": [],
            "affiliates": [],
            "registered_at": START,
            **more,
        }
        return await self.client.feed(ProviderChanged(**told) if "changed_at" in more else ProviderRegistered(**told))

    async def supply(
        self, provider: str, programme: str, card_type: str, servers: int = 1, *, cards: int = 8, **more: Any
    ) -> list[str]:
        """A provider (once), its data centre and an offer of servers; returns their ids."""
        if provider not in self._providers:
            self._providers.add(provider)
            await self.provider(provider)
            await self.done("/data-centres", {"data_centre": f"{provider}-dc1", "provider_id": provider})
        kind = card_type.lower()
        prefix = more.pop("prefix", f"{provider}-{kind}")
        ids = [f"{prefix}-s{i:02d}" for i in range(1, servers + 1)]
        offer = {
            "offer_id": f"{provider}-{kind}",
            "provider_id": provider,
            "data_centre": f"{provider}-dc1",
            "programme": programme,
            "card_type": card_type,
            "specification": SPECIFICATION,
            "servers": [{"server_id": server_id, "cards": cards} for server_id in ids],
            "from": "2025-03-01T00:00:00Z",
            "until": "2026-12-31T00:00:00Z",
        }
        await self.done("/offers", offer | more)
        return ids

    async def award(self, grant: str, programme: str, product: str, rank: int, **more: Any) -> None:
        """A selected application with its agreement and its self-payment covered."""
        units, months = more.get("units", 1), more.get("months", 3)
        start = more.get("start", dt.date(2025, 10, 1))
        common = {"application_id": grant, "programme_code": programme, "programme_version": 1}
        await self.client.feed(
            SelectionAnnounced(
                **common,
                selection_id="SEL-1",
                run_version=1,
                run_sha256="0",
                announced_at=SIGNED,
                outcome="selected",
                refused_by="",
                promoted=False,
                organisation_id=f"O-{grant}",
                sector="private",
                track="1",
                product=product,
                units_asked=units,
                months_asked=months,
                units=units,
                months=months,
                reason="",
                score="80.00",
                rank=rank,
                rank_all=rank,
                receipt_no=f"R-{rank}",
                wished_start=start,
            )
        )
        if more.get("signed", True):
            await self.sign(grant, programme, product, **more)
        due = {"application_id": grant, "programme_code": programme}
        await self.client.feed(SelfpayDue(**due, amount_krw=100, flow="deposit", due_at=None, reason="BL-4"))
        if more.get("paid", True):
            await self.client.feed(
                SelfpayDeposited(**due, received_krw=100, due_krw=100, covered=True, deposited_at=SIGNED)
            )

    async def sign(self, grant: str, programme: str, product: str, **more: Any) -> None:
        """Intake tells that the agreement of an application is signed."""
        await self.client.feed(
            AgreementSigned(
                application_id=grant,
                programme_code=programme,
                programme_version=1,
                organisation_id=f"O-{grant}",
                organisation_name=grant,
                business_no=more.get("business_no", "1234567890"),
                applicant_kind="sme",
                sector="private",
                youth=False,
                representative_keys=more.get("keys", []),
                affiliates=[],
                track="1",
                product=product,
                units=more.get("units", 1),
                months=more.get("months", 3),
                wished_start=more.get("start", dt.date(2025, 10, 1)),
                signed_at=more.get("signed_at", SIGNED),
            )
        )

    async def place(self, programme: str) -> Any:
        """Place and confirm; returns the confirmed placement."""
        draft = await self.done("/placements", {"programme": programme})
        return await self.done(f"/placements/{draft['placement_id']}/confirm")

    async def pool(self, *grants: tuple[str, str], cards: int = 4, **values: Any) -> None:
        """P1 with one pool `alpha-h100` and active grants (id, product), ranked as given; it is 2 October."""
        await self.open(P1, **values)
        ids = await self.supply("alpha", P1, "H100", cards=cards)
        await self.done("/pools", {"pool_id": "alpha-h100", "programme": P1, "server_ids": ids})
        for rank, (grant, product) in enumerate(grants, 1):
            await self.award(grant, P1, product, rank)
        await self.place(P1)
        self.client.clock.set(at("00:00"))
        for grant, _ in grants:
            await self.activate(grant)

    async def activate(self, grant: str) -> Any:
        """Let the use of a placed grant begin, nothing of it late."""
        starts_at = (await self.get(f"/grants/{grant}")).json()["starts_at"]
        return await self.done(f"/grants/{grant}/activate", {"delivered_at": starts_at})

    async def ask(self, grant: str, clock: str, units: int = 1, hours: float | None = None) -> Any:
        """Request units at a time of 2 October; returns the session."""
        self.client.clock.set(at(clock))
        body = {"grant_id": grant, "units": units, "max_duration_s": int(hours * 3600) if hours else None}
        return await self.done("/sessions", body, role="applicant", org=f"O-{grant}")


def at(clock: str) -> dt.datetime:
    """A time of day of 2 October 2025, UTC."""
    hour, minute = clock.split(":")
    return dt.datetime(2025, 10, 2, int(hour), int(minute), tzinfo=dt.UTC)
