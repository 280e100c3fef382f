"""HTTP without a token: announced selections, by receipt number (MS-5)."""

from typing import Annotated

from fastapi import Path
from pydantic import AwareDatetime, ConfigDict

from libs.common.bounds import Text
from libs.common.programmes import programme_at
from libs.common.small_cells import told_count
from libs.common.web import Db, Now, ServiceRouter, View, problems
from services.review.model.announced import AnnouncedOutcome, AnnouncedRun
from services.review.store import announced as store

router = ServiceRouter(tags=["공개 · Public"])
CallCode = Annotated[Text, Path(max_length=41, description="사업 코드 · programme")]


class PoolResult(View):
    """One pool's announced result; a count from 1 to 4 is not told, so that it speaks of nobody."""

    track: str
    product: str | None
    announced_at: AwareDatetime
    run_version: int
    sha256: str
    """Of the frozen run: the evidence that whoever objects may have recomputed."""
    selected: list[str]
    """Receipt numbers."""
    waiting_count: int | None
    refused_count: int | None

    @classmethod
    def of(cls, run: AnnouncedRun, outcomes: dict[str, AnnouncedOutcome]) -> "PoolResult":
        """Tell a pool."""
        counts = {name: outcomes[name].count if name in outcomes else 0 for name in ("waiting", "refused")}
        return cls(
            track=run.track,
            product=run.product,
            announced_at=run.announced_at,
            run_version=run.run_version,
            sha256=run.sha256,
            selected=list(outcomes["selected"].receipts) if "selected" in outcomes else [],
            waiting_count=told_count(counts["waiting"]),
            refused_count=told_count(counts["refused"]),
        )


class CallResults(View):
    """What was announced of a call; nothing before it was."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "programme": "gpu-rental-2025s",
                    "pools": [
                        {
                            "track": "1",
                            "product": None,
                            "announced_at": "2025-09-26T01:00:00Z",
                            "run_version": 1,
                            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                            "selected": ["gpu-rental-2025s-00001"],
                            "waiting_count": None,
                            "refused_count": 12,
                        }
                    ],
                }
            ]
        }
    )

    programme: str
    pools: list[PoolResult]


@router.get("/public/results/{code}", summary="선정 결과 조회 · Read announced results", responses=problems(404))
async def get_public_results(code: CallCode, db: Db, now: Now) -> CallResults:
    """The newest announced run of each pool: receipts of the selected, counts of the others; no token is needed."""
    async with db.transaction() as tx:
        await programme_at(tx, code, now)
        runs = await store.list_announced_runs(tx, code)
        outcomes = await store.list_announced_outcomes(tx, runs)
    by_run = {run.selection_id: {one.outcome: one for one in outcomes if _of(one, run)} for run in runs}
    return CallResults(programme=code, pools=[PoolResult.of(run, by_run[run.selection_id]) for run in runs])


def _of(one: AnnouncedOutcome, run: AnnouncedRun) -> bool:
    return one.selection_id == run.selection_id
