"""Selecting providers over REST and events: who may, in which order, with which decisions (RV-15)."""

import datetime as dt
from pathlib import Path

import pytest
import pytest_asyncio

from libs.common.definition.files import load_definition
from libs.common.events.intake import ApplicationWithdrawn, ConsortiumChecked, OfferStated, ProgrammeOpened
from libs.common.events.review import ProviderAgreed
from tests.services.review.call import Call, screened, seats

GPU, NPU = "hpc-2025-gpu-providers", "hpc-2025-npu-providers"
NOW = dt.datetime(2025, 3, 5, 1, tzinfo=dt.UTC)
ALL = ["A100x2", "H100x1", "H100x2", "H100x16"]


class Providers(Call):
    """A providers' call in review."""

    async def begin(self, code: str, totals: dict[str, int], **offers: list[str]) -> None:
        """Open the call; its applications are screened, say what they offer, and are scored by a panel of five."""
        self.client.clock.set(NOW)
        programme = load_definition(Path(f"programmes/{code}.yaml"))
        tree = programme.model_dump(mode="json", by_alias=True)
        self.code, product = code, next(iter(programme.products))
        opened = dt.datetime(2025, 1, 23, tzinfo=dt.UTC)
        await self.feed(ProgrammeOpened(code=code, version=1, in_force_from=opened, definition=tree))
        for name in totals:
            more = {"programme_code": code, "product": product, "receipt_no": f"{code}-{name}"}
            await self.feed(screened(name, **more))
            told = {"application_id": f"A-{name}", "programme_code": code, "programme_version": 1, "stated_at": NOW}
            await self.feed(OfferStated(**told, products=offers.get(name, []), cards=[]))
        await self.panel(programme=code, stage="presentation", seats=seats())
        maxima = {name: int(line.max.required()) for name, line in programme.review.rubric.items()}
        for seat in range(1, 6):
            headers = self.client.as_("reviewer", subject=f"reviewer-{seat}")
            sheets = [self._sheet(name, total, maxima) for name, total in totals.items()]
            answer = await self.http.post("/v1/sheets/batch", json={"sheets": sheets}, headers=headers)
            assert {item["outcome"] for item in answer.json()["items"]} == {"accepted"}, answer.text

    def _sheet(self, name: str, total: int, maxima: dict[str, int]) -> dict:
        left, given = total, {}
        for criterion, most in maxima.items():
            given[criterion] = str(min(left, most))
            left -= int(given[criterion])
        return {"application_id": f"A-{name}", "stage": "presentation", "scores": given}

    async def order(self, *, status: int = 201) -> dict:
        """Make the order."""
        told = {"programme": self.code, "track": "1", "reason": "선정평가 완료"}
        made = await self.post("provider-selections", status=status, **told)
        self.at = f"provider-selections/{made.get('provider_selection_id')}"
        return made

    async def step(self, name: str, step: str, *, passed: bool = True, status: int = 201, **more) -> dict:
        """End a step."""
        told = {"application_id": f"A-{name}", "step": step, "passed": passed, "reason": "협상 결과", **more}
        return await self.post(f"{self.at}/steps", status=status, **told)

    async def shown(self, name: str, *, status: int = 201) -> dict:
        """The provider shows all that the notice names."""
        items = len((await self.get(self.at))["demonstration"])
        return await self.step(name, "technical", shown=[True] * items, status=status)

    async def round(self, name: str, number: int, *, status: int = 201, **won: int) -> dict:
        """A round of prices."""
        lines = [{"product": product, "unit_price_krw": krw} for product, krw in won.items()]
        told = {"application_id": f"A-{name}", "round": number, "prices": lines, "reason": f"{number}차"}
        return await self.post(f"{self.at}/price-rounds", status=status, **told)

    async def checked(self, name: str, outcome: str = "pass", nth: int = 1) -> None:
        """Intake checked the consortium before the agreement."""
        told = {"application_id": f"A-{name}", "programme_code": self.code, "programme_version": 1}
        at = NOW + dt.timedelta(minutes=nth)
        await self.feed(
            ConsortiumChecked(**told, check_id=f"PC-{name}-{nth}", outcome=outcome, found=[], checked_at=at)
        )

    async def agreed(self, name: str, *, status: int = 201) -> dict:
        """Two people make the agreement."""
        told = {"application_id": f"A-{name}", "agreed_on": "2025-03-05", "reason": "협약서 날인"}
        proposed = await self.post(f"{self.at}/agreements", status=status, **told)
        return await self.confirm(proposed) if status == 201 else proposed

    async def through(self, name: str, **won: int) -> None:
        """A provider from its demonstration to its agreement."""
        await self.shown(name)
        await self.round(name, 1, **won)
        await self.step(name, "price")
        await self.checked(name)
        await self.agreed(name)

    async def states(self) -> dict[str, str]:
        """Where everybody stands, in the order."""
        return {one["application_id"]: one["state"] for one in (await self.get(self.at))["places"]}


@pytest_asyncio.fixture
async def call(service_client) -> Providers:
    return Providers(await service_client("review"))


PRICES = dict.fromkeys(ALL, 5500)


@pytest.mark.rule("RV-15")
async def test_one_provider_in_principle_and_several_by_a_decision(call: Providers) -> None:
    """After one agreement the next is refused until somebody decides for several, with a reason."""
    await call.begin(GPU, {"P1": 90, "P2": 85}, P1=ALL, P2=ALL)
    await call.order()
    await call.through("P1", **PRICES)
    assert await call.states() == {"A-P1": "agreed", "A-P2": "waiting"}
    assert (await call.shown("P2", status=409))["code"] == "one_provider_in_principle"
    decided = await call.post(f"{call.at}/several", reason="제시물량이 모자람")
    assert (decided["one_only"], decided["several_reason"]) == (False, "제시물량이 모자람")
    assert (await call.post(f"{call.at}/several", status=409, reason="또"))["code"] == "several_decided"
    await call.through("P2", **PRICES)
    said = await call.client.said(ProviderAgreed)
    assert [(one.application_id, one.serves, len(one.prices)) for one in said] == [
        ("A-P1", ["hpc-2025-gpu"], 4),
        ("A-P2", ["hpc-2025-gpu"], 4),
    ]


@pytest.mark.rule("RV-15")
async def test_the_npu_call_goes_by_score_and_takes_several(call: Providers) -> None:
    """Who offers more does not come first; each step is taken in the order, and nobody decides for several."""
    await call.begin(NPU, {"P1": 81, "P2": 95, "P3": 79}, P1=["NPU60x1", "NPU120x1", "NPU240x1"], P2=["NPU60x1"])
    made = await call.order()
    assert [one["application_id"] for one in made["places"]] == ["A-P2", "A-P1"]
    assert (await call.shown("P1", status=409))["code"] == "provider_not_next"
    await call.shown("P2")
    await call.shown("P1")
    assert await call.states() == {"A-P2": "price", "A-P1": "waiting"}
    assert (await call.post(f"{call.at}/several", status=409, reason="복수"))["code"] == "several_anyway"


@pytest.mark.rule("RV-15")
async def test_rounds_and_prices_are_kept_as_they_were_said(call: Providers) -> None:
    """At most three rounds, each with who and when; a price needs every product that is offered."""
    await call.begin(GPU, {"P1": 90}, P1=["H100x1", "H100x2"])
    await call.order()
    assert (await call.round("P1", 1, status=409, H100x1=6000))["code"] == "other_step_next"
    await call.shown("P1")
    await call.round("P1", 1, H100x1=6000)
    assert (await call.step("P1", "price", status=409))["facts"]["products"] == "H100x2"
    assert (await call.round("P1", 3, status=409, H100x1=5800))["code"] == "round_not_next"
    assert (await call.round("P1", 2, status=409, A100x2=5800))["code"] == "not_offered"
    await call.round("P1", 2, H100x2=12000)
    told = await call.round("P1", 3, H100x1=5500)
    assert (await call.round("P1", 4, status=409, H100x1=5400))["code"] == "rounds_over"
    (place,) = told["places"]
    assert [(one["round"], one["recorded_by"]) for one in place["rounds"]] == [(n, "officer-1") for n in (1, 2, 3)]
    assert {one["product"]: (one["unit_price_krw"], one["round"]) for one in place["prices"]} == {
        "H100x1": (5500, 3), "H100x2": (12000, 2)
    }  # fmt: skip


@pytest.mark.rule("RV-15")
async def test_a_failed_step_and_a_withdrawal_let_the_next_come(call: Providers) -> None:
    """What is not shown fails with its reason; who withdraws is out; the history tells who did what."""
    await call.begin(GPU, {"P1": 90, "P2": 85, "P3": 82}, P1=ALL, P2=ALL, P3=ALL)
    await call.order()
    assert (await call.step("P1", "technical", status=409, shown=[True] * 3))["code"] == "demonstration_incomplete"
    half = [True, False, True, True]
    assert (await call.step("P1", "technical", status=409, shown=half))["code"] == "demonstration_failed"
    told = await call.step("P1", "technical", passed=False, shown=half)
    assert [one["name"] for one in told["places"][0]["steps"][0]["shown"] if not one["passed"]] == [
        "사전 상품 체험 환경"
    ]
    await call.feed(ApplicationWithdrawn(application_id="A-P2", programme_code=GPU, withdrawn_at=NOW, reason="포기"))
    assert await call.states() == {"A-P1": "failed", "A-P2": "gone", "A-P3": "technical"}
    acts = await call.get(f"history/provider_selection/{call.at.split('/')[1]}")
    assert [act["reason"] for act in acts["items"]] == ["선정평가 완료", "협상 결과"]


@pytest.mark.rule("RV-15")
@pytest.mark.rule("IN-8")
async def test_no_agreement_without_the_check_before_it(call: Providers) -> None:
    """The last check counts: a failing one refuses, and what is left to an officer is decided by the two people."""
    await call.begin(GPU, {"P1": 90}, P1=["H100x1"])
    await call.order()
    await call.shown("P1")
    await call.round("P1", 1, H100x1=5500)
    await call.step("P1", "price")
    assert (await call.agreed("P1", status=409))["code"] == "consortium_unchecked"
    assert (await call.step("P1", "agreement", status=409))["code"] == "agreement_by_two"
    await call.checked("P1", "pass", 1)
    await call.checked("P1", "fail", 2)
    assert (await call.agreed("P1", status=409))["code"] == "consortium_fails"
    await call.checked("P1", "officer", 3)
    confirmed = await call.agreed("P1")
    assert (confirmed["rests_on"]["check"], confirmed["did"]["agreed_on"]) == ("officer", "2025-03-05")
    assert (await call.agreed("P1", status=409))["code"] == "provider_out"


@pytest.mark.rule("RV-15")
async def test_orders_of_nothing(call: Providers) -> None:
    """A users' call, an unknown one, and others than officers get clear answers."""
    await call.begin(GPU, {"P1": 90}, P1=ALL)
    await call.open()
    told = {"track": "1", "reason": "시험"}
    refused = await call.post("provider-selections", status=409, programme="gpu-rental-2025s", **told)
    assert refused["code"] == "not_a_providers_call"
    await call.post("provider-selections", status=404, programme="nothing", **told)
    await call.post("provider-selections", status=404, programme=GPU, track="9", reason="시험")
    await call.get("provider-selections/PSL-999999", status=404)
    await call.order()
    assert [one["programme"] for one in (await call.get("provider-selections", programme=GPU))["items"]] == [GPU]
    for role in ("applicant", "reviewer", "provider"):
        answer = await call.http.get(f"/v1/{call.at}", headers=call.client.as_(role, organisation_id="O-P1"))
        assert answer.status_code == 403
