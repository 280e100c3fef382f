"""The providers' calls of P1 and P2 (S1): consortia, their order, negotiations, and the first agreements."""

from collections.abc import Mapping
from typing import Any

from demo.api import SECOND_OFFICER
from demo.call import kst
from demo.calls.plan import Applicant, Plan
from demo.calls.play import Play
from demo.people import business_number

PAPERS = (
    "application", "plan", "criteria_sheet", "business_registration", "tax_clearance", "financial_statements",
    "evidence", "accelerators",
)  # fmt: skip
GPU_PAPERS = (*PAPERS, "msp_contract")
STAFF = {
    "target_response": 80,
    "jobs_total": 10,
    "jobs_new": 2,
    "jobs_permanent": 9,
    "jobs_youth": 4,
    "insured": 100,
}
CENTRE = {"name": "서울", "place": "서울", "power_kw": 5000, "racks": 40, "rack_kw": 40}
HELD = {"data_centre": "서울", "held": 100, "at_most": 100}
MAKER = {"maker": "국산반도체", "models": "YOLO Series, ViT-large"}


def _one(nth: int, name: str, points: str, papers: tuple[str, ...], resources: list[Mapping[str, Any]]) -> Applicant:
    member = {"name": name, "business_no": business_number(nth), "role": "lead", "csap": True}
    form = {"members": [member], "data_centres": [CENTRE], "resources": [dict(one) for one in resources], **STAFF}
    if "msp_contract" not in papers:
        form["fields"] = "의료 영상 판독, 제조 결함 검사"
    return Applicant(
        nth, name, "cloud_provider", "1", "", 0, 0, "", papers, form, points, opened_on="2015-03-02"
    )  # fmt: skip


def _gpu(nth: int, name: str, points: str, *cards: tuple[str, int]) -> Applicant:
    return _one(nth, name, points, GPU_PAPERS, [{**HELD, "card": card, "offered": count} for card, count in cards])


def _npu(nth: int, name: str, points: str, *cards: str) -> Applicant:
    return _one(nth, name, points, PAPERS, [{**HELD, **MAKER, "card": card, "offered": 100} for card in cards])


GPU_PROVIDERS = Plan(
    code="hpc-2025-gpu-providers",
    opens=kst("2025-01-23 09:00"),
    files=kst("2025-02-10 10:00"),
    screens=kst("2025-02-24 10:00"),
    reviews=kst("2025-02-26 10:00"),
    announces=kst("2025-03-05 10:00"),
    applicants={
        "alpha": _gpu(9_001, "알파클라우드", "85", ("A100", 56), ("H100", 16)),
        "beta": _gpu(9_002, "베타클라우드", "92", ("A100", 8), ("H100", 8)),
        "gamma": _gpu(9_003, "감마클라우드", "83", ("A100", 8), ("H100", 2)),
        "low": _gpu(9_004, "델타클라우드", "79", ("A100", 56), ("H100", 16)),
    },
)
NPU_PROVIDERS = Plan(
    code="hpc-2025-npu-providers",
    opens=kst("2025-01-23 10:00"),
    files=kst("2025-02-10 11:00"),
    screens=kst("2025-02-24 11:00"),
    reviews=kst("2025-02-26 11:00"),
    announces=kst("2025-03-05 11:00"),
    applicants={
        "first": _npu(9_011, "한결클라우드", "91", "NPU60", "NPU120", "NPU240"),
        "second": _npu(9_012, "다올클라우드", "84", "NPU60"),
    },
)


class ProvidersPlay(Play):
    """A providers' call: the same way to the scores, then an order, negotiations and agreements."""

    order_id = ""

    def file(self) -> None:
        """An officer looks at every consortium's accounts and facts, then everybody files."""
        for applicant in self.plan.applicants.values():
            member = {
                "name": applicant.name,
                "business_no": business_number(applicant.nth),
                "opened_on": applicant.opened_on,
                "csap_certified": True,
                "fully_impaired": False,
            }
            cards = sorted({one["card"] for one in applicant.form["resources"]})
            body = {"programme": self.plan.code, "members": [member], "cards": cards}
            self.send("POST", "/intake/v1/provider-checks", body)
        super().file()

    def order(self) -> dict[str, tuple[str, bool]]:
        """The order of negotiation is made: of each in it, in turn, what it stands at and whether it offers all."""
        self.api.clock(self.plan.announces)
        body = {"programme": self.plan.code, "track": "1", "reason": "선정평가 완료"}
        made = self.send("POST", "/review/v1/provider-selections", body)
        self.order_id = made["provider_selection_id"]
        names = {application_id: name for name, application_id in self.applications.items()}
        return {names[one["application_id"]]: (one["state"], one["offers_all"]) for one in made["places"]}

    def states(self) -> dict[str, str]:
        """What each in the order stands at."""
        told = self.send("GET", self._at)
        names = {application_id: name for name, application_id in self.applications.items()}
        return {names[one["application_id"]]: one["state"] for one in told["places"]}

    def demonstrate(self, name: str) -> None:
        """One provider shows all that the notice asks for."""
        asked = self.definition["intake"]["provider_call"]["demonstration"]["is"]
        body = {"step": "technical", "passed": True, "shown": [True] * len(asked), "reason": "시연"}
        self._post("steps", name, body)

    def price(self, name: str, *rounds_krw: int) -> None:
        """Rounds of one unit price for all of a provider's products, in won."""
        told = self.send("GET", self._at)
        (own,) = [one for one in told["places"] if one["application_id"] == self.applications[name]]
        for number, krw in enumerate(rounds_krw, 1):
            lines = [{"product": product, "unit_price_krw": krw} for product in own["products"]]
            self._post("price-rounds", name, {"round": number, "prices": lines, "reason": f"{number}차 협상"})

    def agree_with(self, name: str, *rounds_krw: int) -> dict[str, Any]:
        """The whole way of one provider: shown, priced, checked again, agreed by two officers."""
        self.demonstrate(name)
        self.price(name, *rounds_krw)
        self._post("steps", name, {"step": "price", "passed": True, "reason": "단가 합의"})
        number = business_number(self.plan.applicants[name].nth)
        accounts = {"accounts": [{"business_no": number, "fully_impaired": False}]}
        self.send("POST", f"/intake/v1/applications/{self.applications[name]}/agreement-check", accounts)
        self.api.settle()
        body = {"agreed_on": self.api.now.date().isoformat(), "reason": "협약서 날인"}
        proposed = self._post("agreements", name, body)
        confirm = f"/review/v1/proposals/{proposed['proposal_id']}/confirm"
        confirmed: dict[str, Any] = self.send("POST", confirm, {"reason": "근거 확인"}, subject=SECOND_OFFICER)
        self.api.settle()
        return confirmed

    def several(self) -> None:
        """The agency decides for more than one provider, which the notice names in principle."""
        self.send("POST", f"{self._at}/several", {"reason": "한 회사로 물량이 모자람"})

    @property
    def _at(self) -> str:
        return f"/review/v1/provider-selections/{self.order_id}"

    def _post(self, what: str, name: str, body: dict[str, Any]) -> Any:
        return self.send("POST", f"{self._at}/{what}", {"application_id": self.applications[name], **body})
