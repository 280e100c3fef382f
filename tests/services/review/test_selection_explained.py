"""A selection explained over REST: rows, why, what if, differences, evidence, statistics (RV-9, RV-14, F-63)."""

import subprocess
import sys
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from services.review.operations.evidence import verify
from tests.services.review.call import CODE, NOW, Call, opened, withdrawn


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """Track 1 open for two projects, objections within 7 days, criterion means shown."""
    made = Call(await service_client("review"))
    await made.open(tracks__1__selection__projects_max=2, review__objection_days=7, review__criterion_means_shown=True)
    return made


async def announced(call: Call) -> str:
    """P1 P2 selected with 95 and 94, P3 waits with 93, P4 fails with 60."""
    await call.ranked("P1", "P2", "P3")
    await call.screen("P4")
    await call.score("P4", "60")
    drawn = await call.post("selections", programme=CODE, track="1")
    await call.announce(drawn["selection_id"])
    return drawn["selection_id"]


@pytest.mark.rule("RV-9")
async def test_f_63_why_and_what_would_have_sufficed(call) -> None:
    """The one limit in words and the smallest score; the applicant reads it once it is announced."""
    await call.ranked("P1", "P2", "P3")
    await call.screen("P4")
    await call.score("P4", "60")
    drawn = await call.post("selections", programme=CODE, track="1")
    path = f"selections/{drawn['selection_id']}/why"
    own = call.client.as_("applicant", organisation_id="O-P3")
    await call.get(f"{path}/A-P3", headers=own, status=404)
    told = await call.get(f"{path}/A-P3")
    assert (told["why"]["code"], told["score_needed"]) == ("limit_projects", "94.01")
    assert told["score_needed_why"]["messages"]["ko"] == "다른 조건이 같다면 94.01점이면 선정되었습니다."
    assert (await call.get(f"{path}/A-P4"))["score_needed"] == "94.01"
    await call.announce(drawn["selection_id"])
    assert (await call.get(f"{path}/A-P3", headers=own))["score_needed"] == "94.01"
    await call.get(f"{path}/A-P2", headers=own, status=404)


@pytest.mark.rule("RV-14")
async def test_f_63_own_result_in_full(call) -> None:
    """Threshold, lowest selected score, own place in the waiting list, means, objection and next step."""
    await announced(call)
    waits = await call.get("results/A-P3", headers=call.client.as_("applicant", organisation_id="O-P3"))
    assert (waits["threshold"], waits["lowest_selected_score"], waits["waiting_place"]) == ("70.00", "94.00", 1)
    assert (waits["score_needed"], waits["units_awarded"], waits["units_recommended"]) == ("94.01", None, 1)
    assert waits["next_step"]["code"] == "next_waiting"
    assert waits["objection_until"].startswith("2025-09-29T15:00")
    assert waits["stages"][0]["criterion_means"]["goals"] == "30.00"
    failed = await call.get("results/A-P4", headers=call.client.as_("applicant", organisation_id="O-P4"))
    assert failed["why"]["messages"]["ko"] == "점수 60.00점이 통과 기준(70.00점)에 미치지 못합니다."
    await call.get("results/A-P3", headers=call.client.as_("applicant", organisation_id="O-P4"), status=404)


async def test_rows_page_by_page(call) -> None:
    """Rows by rank, counted by outcome, one by one, and narrowed."""
    selection_id = await announced(call)
    path = f"selections/{selection_id}/rows"
    first = await call.get(path, sort="position", limit=2, count="true")
    assert [row["application_id"] for row in first["items"]] == ["A-P1", "A-P2"]
    assert first["by_state"] == {"refused": 1, "selected": 2, "waiting": 1}
    rest = await call.get(path, sort="position", limit=2, cursor=first["next_cursor"])
    assert [row["application_id"] for row in rest["items"]] == ["A-P3", "A-P4"]
    assert [row["position"] for row in (await call.get(path, outcome="waiting"))["items"]] == [3]
    assert (await call.get(f"{path}/A-P2"))["score"] == "94.00"
    await call.get(f"{path}/A-none", status=404)


async def test_what_if_stores_nothing(call) -> None:
    """Other limits change rows and sums in the answer and nothing in the database."""
    selection_id = await announced(call)

    async def rows() -> dict[str, int]:
        async with call.client.db.transaction() as tx:
            names = (await tx.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).scalars()
            return {
                name: (await tx.execute(text(f'SELECT count(*) FROM "{name}"'))).scalar_one() for name in names.all()
            }

    before = await rows()
    answer = await call.post(
        f"selections/{selection_id}/what-if", status=200, projects_max=None, threshold="60", cutoff="stop"
    )
    assert (answer["before"]["selected"], answer["after"]["selected"]) == (2, 4)
    assert {one["application_id"]: one["after"]["outcome"] for one in answer["changed"]} == {
        "A-P3": "selected",
        "A-P4": "selected",
    }
    assert await rows() == before
    refused = await call.post(f"selections/{selection_id}/what-if", status=409, budget_krw=1)
    assert "planning_price_unset" in str(refused)


async def test_diff_of_two_versions(call) -> None:
    """Who left, who entered, and which inputs changed."""
    selection_id = await announced(call)
    await call.feed(withdrawn("P1"))
    told = await call.get(f"selections/{selection_id}/diff", **{"from": 1, "to": 2})
    assert [one["application_id"] for one in told["entered"]] == ["A-P3"]
    assert [one["application_id"] for one in told["left"]] == ["A-P1"]
    assert told["inputs"] == [{"name": "cause", "before": "first", "after": "withdrawn: A-P1"}]


@pytest.mark.rule("RV-14")
async def test_evidence_is_computed_again_and_every_changed_byte_shows(call, tmp_path) -> None:
    """The pack is the same to the byte, names nobody, is verified without a service, and refused after any change."""
    selection_id = await announced(call)
    await call.feed(withdrawn("P1"))
    path = f"/v1/selections/{selection_id}/evidence.zip"
    pack = (await call.http.get(path, headers=call.officer)).content
    assert pack == (await call.http.get(path, headers=call.officer)).content
    assert b"reviewer-1" not in pack
    assert "평가위원 1".encode() not in pack
    assert verify(pack)[1] is None
    for place in range(0, len(pack), max(1, len(pack) // 97)):
        changed = bytearray(pack)
        changed[place] ^= 1
        assert verify(bytes(changed))[1] is not None, place
    file = tmp_path / "pack.zip"
    for content, code in ((pack, 0), (pack[:-1] + b"x", 1)):
        file.write_bytes(content)
        ran = subprocess.run(  # noqa: ASYNC221 - our own command
            [sys.executable, "-P", "-m", "tools.cli", "review", "verify", str(file)],
            capture_output=True, check=False, cwd=Path.cwd(), env={"PYTHONPATH": str(Path.cwd()), "PYTHONUTF8": "1"},
        )  # fmt: skip
        assert ran.returncode == code, ran.stderr


async def test_evidence_of_a_draft_is_refused(call) -> None:
    """Only what is announced is frozen."""
    await call.ranked("P1")
    drawn = await call.post("selections", programme=CODE, track="1")
    refused = await call.get(f"selections/{drawn['selection_id']}/evidence.zip", status=409)
    assert (refused["code"], refused["facts"]["state"]) == ("wrong_state", "draft")


async def test_calibration_after_the_close(call) -> None:
    """Leniency and spread by seat, a reviewer's own alone; nothing while an application is still scored."""
    await call.screen("P1", "P2")
    panel = await call.panel()
    for seat in range(1, 6):
        await call.sheet("P1", seat, str(70 + seat))
    path = f"panels/{panel['panel_id']}/calibration"
    assert "panel_still_open" in str(await call.get(path, status=409))
    for seat in range(1, 6):
        await call.sheet("P2", seat, str(80 + seat))
    told = await call.get(path)
    assert [one["leniency"] for one in told["seats"]] == ["-2.00", "-1.00", "0.00", "1.00", "2.00"]
    assert (told["mean"], told["spread"], told["seats"][0]["dropped"]) == ("78.00", "5.00", 2)
    own = await call.get(path, headers=call.client.as_("reviewer", subject="reviewer-2"))
    assert [one["seat"] for one in own["seats"]] == [2]
    await call.get(path, headers=call.client.as_("reviewer", subject="stranger"), status=404)


async def test_statistics_without_small_cells(call) -> None:
    """The agency reads all counts, others after the announcement and no cell below five."""
    selection_id = await announced(call)
    whole = (await call.get(f"selections/{selection_id}/statistics"))["whole"]
    assert (whole["applications"], whole["passed"], whole["selected"]) == (4, 3, 2)
    other = await call.get(
        f"selections/{selection_id}/statistics", headers=call.client.as_("applicant", organisation_id="O-P1")
    )
    assert other["whole"]["applications"] is None


@pytest.mark.rule("RV-11")
async def test_places_by_share_and_moved(service_client) -> None:
    """50 places, 60/40: the first pool draws 30 of them; unfilled ones move with a reason and count for both."""
    call = Call(await service_client("review"))
    event = opened()
    for track, share in (("1", 60), ("2", 40)):
        event.definition["tracks"][track]["selection"]["share_pct"] = {"is": share, "source": "test"}
    event.definition["review"]["places"] = {"is": 5, "source": "test"}
    call.client.clock.set(NOW)
    await call.feed(event)
    await call.ranked("P1", "P2", "P3", "P4")
    drawn = await call.post("selections", programme=CODE, track="1")
    assert [row["outcome"] for row in drawn["rows"]] == ["selected"] * 3 + ["waiting"]
    move = {"programme": CODE, "from_track": "2", "to_track": "1", "places": 1, "reason": "통과 과제 부족"}
    assert "pool_not_drawn" in str(await call.post("place-moves", status=409, **move))
    await call.post("selections", programme=CODE, track="2")
    assert "places_not_unfilled" in str(await call.post("place-moves", status=409, **{**move, "places": 3}))
    moved = await call.post("place-moves", **move)
    assert [(one["track"], one["places"], one["unfilled"]) for one in moved["pools"]] == [("1", 4, 1), ("2", 1, 1)]
    again = await call.post(f"selections/{drawn['selection_id']}/recompute", reason="빈자리 이동", status=200)
    assert [row["outcome"] for row in again["rows"]] == ["selected"] * 4
    await call.announce(drawn["selection_id"])
    pack = (await call.http.get(f"/v1/selections/{drawn['selection_id']}/evidence.zip", headers=call.officer)).content
    assert verify(pack)[1] is None
