"""Requests and answers about providers, data centres and offers."""

import datetime as dt
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from libs.common.bounds import Positive, Text
from libs.common.web import Body, View
from services.allocator.model.cards import Mode
from services.allocator.routes.fields import (
    Amount,
    Code,
    Instant,
    Reason,
)


class MemberView(View):
    """A member of a provider's consortium."""

    organisation_id: str
    name: str
    business_no: str
    csap_certified: bool


class ProviderView(View):
    """A provider as intake told it; without an organisation where it was registered here, before intake did that."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "provider_id": "alpha",
                    "name": "알파클라우드",
                    "business_no": "1248100998",
                    "organisation_id": "O-000001",
                    "affiliates": [],
                    "members": [],
                    "representative_keys": [],
                    "registered_at": "2025-09-01T01:00:00Z",
                    "changed_at": "2025-09-01T01:00:00Z",
                }
            ]
        },
    )

    provider_id: str
    name: str
    business_no: str
    organisation_id: str | None
    affiliates: list[str]
    members: list[MemberView]
    representative_keys: list[str]
    """Hashes by which AL-5 compares representatives; told to officers alone, until intake has the provider."""
    registered_at: dt.datetime
    changed_at: dt.datetime


class RegisterDataCentre(Body):
    """A data centre of a provider."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "data_centre": "alpha-dc1",
                    "provider_id": "alpha",
                    "name": "알파 춘천센터",
                    "address": "춘천시",
                }
            ]
        }
    )

    data_centre: Code
    provider_id: Code
    name: Annotated[Text, Field(max_length=300)] = ""
    address: Annotated[Text, Field(max_length=500)] = ""


class DataCentreView(View):
    """A data centre."""

    data_centre: str
    provider_id: str
    name: str
    address: str


class SpecificationBody(Body):
    """What one server has beside its cards; decimal numbers as text."""

    cpu_ghz: Amount
    cores: Annotated[int, Field(ge=1, le=10_000, strict=True)]
    memory_gb: Positive
    storage_tb: Amount
    line_gbps: Amount


class ServerBody(Body):
    """A server and its number of cards."""

    server_id: Code
    cards: Annotated[int, Field(ge=1, le=64, strict=True)]


SPECIFICATION: JsonDict = {"cpu_ghz": "2.4", "cores": 32, "memory_gb": 512, "storage_tb": "10", "line_gbps": "10"}


class RegisterOffer(Body):
    """Servers of one card type in one data centre, offered to one programme for a time."""

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={
            "examples": [
                {
                    "offer_id": "alpha-h100-offer",
                    "provider_id": "alpha",
                    "data_centre": "alpha-dc1",
                    "programme": "gpu-rental-2025s",
                    "card_type": "H100",
                    "specification": SPECIFICATION,
                    "servers": [{"server_id": "alpha-dc1-s01", "cards": 8}],
                    "from": "2025-09-30T15:00:00Z",
                    "until": "2026-06-30T15:00:00Z",
                    "mode": None,
                }
            ]
        },
    )

    offer_id: Code
    provider_id: Code
    data_centre: Code
    programme: Code
    card_type: Code
    specification: SpecificationBody
    servers: Annotated[list[ServerBody], Field(min_length=1, max_length=2000)]
    offered_from: Annotated[Instant, Field(alias="from")]
    offered_until: Annotated[Instant, Field(alias="until")]
    mode: Mode | None = None
    """`fixed` where the provider of a dynamic programme takes part fixed from the start (AL-8)."""


class SpecificationView(View):
    """What one server has beside its cards."""

    cpu_ghz: str
    cores: int
    memory_gb: int
    storage_tb: str
    line_gbps: str


class OfferView(View):
    """An offer with its servers (server id → cards)."""

    offer_id: str
    provider_id: str
    data_centre: str
    programme_code: str
    card_type: str
    mode: Mode | None
    specification: SpecificationView
    servers: dict[str, int]
    cards: int
    offered_from: dt.datetime
    offered_until: dt.datetime


class DecideConformance(Body):
    """An officer's reading of a notice in doubt (AL-6)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"product": "H100x2", "payable": True, "reason": "공고 표의 행이 밀린 것으로 판단함"}]
        }
    )

    product: Code
    payable: bool
    reason: Reason


class ConformanceView(View):
    """A decision on record."""

    provider_id: str
    offer_id: str
    product: str
    payable: bool
    reason: str
    decided_by: str
    decided_at: dt.datetime


class CollisionView(View):
    """Codes of one kind that fold alike; of one provider where it chooses them."""

    kind: str
    provider_id: str | None
    codes: list[str]


class CollisionsView(View):
    """All such groups; few or none."""

    items: list[CollisionView]
