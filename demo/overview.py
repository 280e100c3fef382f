"""What `./dure demo --all` ends with: the seven calls, where each stands, and what to look at."""

import datetime as dt
from collections import Counter
from typing import Any

from demo.api import Api
from libs.common.calendar import KST
from libs.common.messages.vocabulary import VOCABULARY
from libs.operator.terminal import say

SHOWN = (
    ("hpc-2025-gpu-providers", "협약 완료 · agreed", "/intake/v1/provider-agreements"),
    ("hpc-2025-npu-providers", "협상 중 · under negotiation", "/review/v1/provider-selections"),
    ("hpc-2025-npu", "결과 발표 · announced", "/review/v1/places?programme=hpc-2025-npu"),
    ("regional-2025", "심사 중 · under review", "/review/v1/panels"),
    ("hpc-2025-gpu", "정산 완료 · settled", "/billing/v1/settlements?programme=hpc-2025-gpu"),
    ("gpu-rental-2025s", "정산 완료 · settled", "/billing/v1/settlements?programme=gpu-rental-2025s"),
    ("advanced-gpu-2026", "접수 중 · open", "/intake/v1/public/calls/advanced-gpu-2026"),
)
"""Code, where the story leaves it, and which address shows it best."""
DATES = ("submissions_open_at", "submissions_close_at")
COLUMNS = ("사업\ncall", "단계\nstage", "접수\ndates", "신청\napplications")


def overview_of(api: Api) -> list[dict[str, Any]]:
    """Each call with its name, dates and applications by state, as the services tell them."""
    return [_line(api, code, stage, look_at) for code, stage, look_at in SHOWN]


def _line(api: Api, code: str, stage: str, look_at: str) -> dict[str, Any]:
    definition = api.get(f"/intake/v1/programmes/{code}")["definition"]
    found = api.all("/intake/v1/applications", params={"programme": code})
    return {
        "code": code,
        "name": definition["name"],
        "stage": stage,
        "dates": [_day(definition[name]["is"]) for name in DATES],
        "applications": dict(sorted(Counter(one["state"] for one in found).items())),
        "look_at": look_at,
    }


def _day(instant: str) -> str:
    return dt.datetime.fromisoformat(instant).astimezone(KST).strftime("%Y-%m-%d")


def show(lines: list[dict[str, Any]], url: str) -> None:
    """Print them as a table for a person."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415 - costs a tenth of a second

    table = Table(title="일곱 공고 · seven calls", show_lines=True)
    for name in COLUMNS:
        table.add_column(name, overflow="fold")
    for one in lines:
        counts = [
            f"{VOCABULARY['state.application'][state].ko} {count}" for state, count in one["applications"].items()
        ]
        stage, dates = one["stage"].replace(" · ", "\n"), "~\n".join(one["dates"])
        table.add_row(f"{one['name']['ko']}\n{one['code']}", stage, dates, "\n".join(counts))
    Console().print(table)
    say("볼 곳 · what to look at (./dure token --role officer)")
    for one in lines:
        say(f"  {one['code']:<23} {url}{one['look_at']}")
