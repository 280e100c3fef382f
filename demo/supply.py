"""The demo's three cloud providers: who they are, what they bring to each programme, at which prices."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from demo.api import Api
from demo.people import business_number
from libs.common.calendar import kst_midnight

PROVIDERS = ("alpha", "beta", "gamma")
NAMES = {"alpha": "알파클라우드", "beta": "베타클라우드", "gamma": "감마클라우드"}
SERVER_CARDS = 8
WELL_EQUIPPED = {"cpu_ghz": "2.6", "cores": 64, "memory_gb": 512, "storage_tb": "30", "line_gbps": "10"}


@dataclass(frozen=True)
class Supply:
    """Cards of one type that a provider brings to a programme."""

    provider_id: str
    card_type: str
    cards: int
    pool: bool


def introduce(api: Api) -> None:
    """Register the providers and their data centres; gamma is an affiliate of one applicant (AL-5)."""
    for nth, provider_id in enumerate(PROVIDERS, 1):
        body = {
            "provider_id": provider_id,
            "name": NAMES[provider_id],
            "business_no": business_number(9_000 + nth),
            "representatives": [{"name": f"대표{nth}", "born_on": "1970-01-01"}],
            "affiliates": [],
        }
        api.post("/intake/v1/providers", body)
    api.settle()  # the allocator hears of them
    for provider_id in PROVIDERS:
        centre = {
            "data_centre": f"{provider_id}-dc1",
            "provider_id": provider_id,
            "name": f"{NAMES[provider_id]} 제1센터",
        }
        api.post("/allocator/v1/data-centres", centre)


def offer(api: Api, programme: str, supply: Supply, starts_on: dt.date, ends_on: dt.date) -> None:
    """Bring cards to a programme, in servers of eight, and open a dynamic pool over them where one is wanted."""
    short = programme.split("-", maxsplit=1)[0]
    base = f"{supply.provider_id}-{short}-{supply.card_type.lower()}"
    servers: list[dict[str, Any]] = []
    left = supply.cards
    while left > 0:
        servers.append({"server_id": f"{base}-s{len(servers) + 1:02d}", "cards": min(SERVER_CARDS, left)})
        left -= SERVER_CARDS
    body: dict[str, Any] = {
        "offer_id": base,
        "provider_id": supply.provider_id,
        "data_centre": f"{supply.provider_id}-dc1",
        "card_type": supply.card_type,
        "programme": programme,
        "servers": servers,
        "from": kst_midnight(starts_on).isoformat(),
        "until": kst_midnight(ends_on + dt.timedelta(days=1)).isoformat(),
        "specification": WELL_EQUIPPED,
    }
    api.post("/allocator/v1/offers", body)
    if supply.pool:
        pool = {
            "pool_id": base,
            "programme": programme,
            "server_ids": [server["server_id"] for server in servers],
        }
        api.post("/allocator/v1/pools", pool)


def price(
    api: Api, programme: str, provider_id: str, product: str, mode: str, prices_krw: list[int], valid_from: str
) -> None:
    """Negotiate a unit price: one offer a round, the last one stands."""
    for negotiation_round, unit_price_krw in enumerate(prices_krw, 1):
        body = {
            "programme": programme,
            "provider_id": provider_id,
            "product": product,
            "mode": mode,
            "unit_price_krw": unit_price_krw,
            "valid_from": valid_from,
            "round": negotiation_round,
        }
        api.two_people("/billing/v1/prices", body, f"{negotiation_round}차 협상 결과")
