"""`./dure demo --all`, with small programmes and without their months of use: seven calls on one clock."""

from collections.abc import Iterator

import pytest

from demo.call import ROOT, kst
from demo.calls.npu import NPU
from demo.fresh import fresh_server
from demo.overview import SHOWN, overview_of
from demo.p1 import P1, Size
from demo.progress import Progress
from demo.story import Plan
from demo.whole import Whole
from libs.operator.services import SERVICES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SMALL = Size(shares={"1": 2, "2": 4, "3": 2}, beyond={"1": 0, "2": 1, "3": 0}, held_back=0)


@pytest.fixture
def whole() -> Iterator[Whole]:
    """The story of all calls, on a server of its own."""
    with fresh_server() as api:
        story = Whole(api, Plan(days=1), Progress())
        story.p1 = P1(api, 2025, 12, SMALL)
        yield story


def test_seven_calls_stand_at_different_stages(whole: Whole) -> None:
    """Providers agreed and negotiated with, P2 announced, P3 half scored, P1 placed, P4 open with a draft."""
    whole.select_providers()
    whole.announce_npu()
    whole.file_regional()
    whole._prepare_p1()
    whole.review_regional()
    whole.p0.open()
    whole.api.clock(kst("2026-01-14 09:00"))
    whole.open_advanced()
    lines = {one["code"]: one for one in overview_of(whole.api)}
    assert set(lines) == {code for code, _, _ in SHOWN} == {path.stem for path in (ROOT / "programmes").glob("*.yaml")}
    assert whole.gpu_providers.states() == dict.fromkeys(("alpha", "beta", "gamma"), "agreed")
    assert whole.npu_providers.states()["first"] == "price"
    assert lines[NPU.code]["applications"] == {"ineligible": 1, "selected": 3, "waiting": 2}
    assert lines["regional-2025"]["applications"] == {"draft": 1, "eligible": 4, "ineligible": 1}
    assert lines["hpc-2025-gpu"]["applications"] == {"placed": 8, "refused": 1}
    assert lines["advanced-gpu-2026"]["applications"] == {"draft": 1, "submitted": 2}
    panel = whole.api.get("/review/v1/panels", params={"programme": "regional-2025", "track": "1-H100"})["items"][0]
    progress = whole.api.get(f"/review/v1/panels/{panel['panel_id']}/applications")["items"]
    assert [(one["sheets"], one["awaited_seats"]) for one in progress] == [(3, [4, 5])] * 2
    dead = [whole.api.get(f"/{name}/v1/operations/bus", role="operator")["dead_letters"] for name in SERVICES]
    assert dead == [0] * len(SERVICES)
