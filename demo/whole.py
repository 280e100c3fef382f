"""All seven shipped calls on one clock that only goes forward, left at different stages for a look around."""

import datetime as dt
from dataclasses import dataclass, field, replace

from demo.call import kst
from demo.calls.advanced import ADVANCED
from demo.calls.npu import NPU, PLACES
from demo.calls.play import Play
from demo.calls.providers import GPU_PROVIDERS, NPU_PROVIDERS, ProvidersPlay
from demo.calls.regional import REGIONAL
from demo.story import Story

UNDER_REVIEW = replace(
    REGIONAL,
    files=kst("2025-07-30 10:00"),
    screens=kst("2025-08-28 14:00"),
    reviews=kst("2025-08-28 15:00"),
    applicants={name: replace(one, files_at=None) for name, one in REGIONAL.applicants.items()},
)
"""P3 between P1's placement and P0's call, so that one clock fits all."""
HAVE_SCORED = (1, 2, 3)
WRITES_STILL = "weak"
CLOSES_AFTER = dt.timedelta(days=30)
NPU_PART_KRW = 800_000_000


@dataclass
class Whole(Story):
    """Both programmes of the demo to their settlements, and the five other calls beside them."""

    gpu_providers: ProvidersPlay = field(init=False)
    npu_providers: ProvidersPlay = field(init=False)
    npu: Play = field(init=False)
    regional: Play = field(init=False)
    advanced: Play = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.gpu_providers = ProvidersPlay(self.api, GPU_PROVIDERS)
        self.npu_providers = ProvidersPlay(self.api, NPU_PROVIDERS)
        self.npu = Play(self.api, NPU)
        self.regional = Play(self.api, UNDER_REVIEW)
        self.advanced = Play(self.api, ADVANCED)

    def play(self) -> None:
        """Everything, in order of time."""
        self._step("공급사 공모 · calls for providers", 1, lambda _: self.select_providers())
        self._step("P2 공모에서 발표까지 · to the results", 1, lambda _: self.announce_npu())
        self._step("P3 접수 · applications", 1, lambda _: self.file_regional())
        self._prepare_p1()
        self._step("P3 심사 중 · under review", 1, lambda _: self.review_regional())
        self._prepare_p0()
        self._use()
        self._step("P4 접수 중 · open for applications", 1, lambda _: self.open_advanced())

    def select_providers(self) -> None:
        """P1's three providers are agreed, since one alone has too few cards; P2's first one negotiates its price."""
        gpu, npu = self.gpu_providers, self.npu_providers
        for act in (gpu.open, npu.open, gpu.file, npu.file, gpu.screen, npu.screen, gpu.review, npu.review):
            act()
        gpu.order()
        npu.order()
        gpu.agree_with("alpha", 6_000, 5_500)
        gpu.several()
        for name in ("beta", "gamma"):
            gpu.agree_with(name, 6_000, 5_400)
        npu.demonstrate("first")
        npu.price("first", 900_000)
        self._tell("공급사 공모에서 세 공급사와 협약했습니다.", "Three providers were agreed with.")

    def announce_npu(self) -> None:
        """P2 is announced; its part of the amount that it shares with P1 is an officer's."""
        self.npu.open()
        self.npu.set_value("review.places", PLACES)
        self.npu.set_value("billing.budget.part_krw", NPU_PART_KRW)
        self.npu.file()
        self.npu.screen()
        self.npu.review()
        self.npu.select()
        self._tell("국산 AI 반도체 지원사업의 선정 결과를 발표했습니다.", "The results of hpc-2025-npu were announced.")

    def file_regional(self) -> None:
        """P3's applications come in."""
        self.regional.open()
        self.regional.file()

    def review_regional(self) -> None:
        """P3 is screened, and three of five reviewers have scored."""
        self.regional.screen()
        self.regional.begin_review(HAVE_SCORED)
        self._tell("지역 인프라 사업의 서류평가가 진행 중입니다.", "regional-2025 is under review.")

    def open_advanced(self) -> None:
        """P4 is open: some have filed, one still writes."""
        opens = self.api.now + dt.timedelta(days=1)
        files, closes = opens + dt.timedelta(days=2), opens + CLOSES_AFTER
        filing = {name: one for name, one in ADVANCED.applicants.items() if name != WRITES_STILL}
        values = {**ADVANCED.values, "submissions_close_at": closes.isoformat()}
        self.advanced = Play(self.api, replace(ADVANCED, opens=opens, files=files, applicants=filing, values=values))
        self.advanced.open()
        self.advanced.file()
        self.advanced.write(ADVANCED.applicants[WRITES_STILL])
        self._tell("첨단 GPU 사업이 신청을 받고 있습니다.", "advanced-gpu-2026 is open for applications.")
