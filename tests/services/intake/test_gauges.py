"""Intake's figures, each with its story; REST and metric say the same number (F-67)."""

from services.intake.jobs import count_applications
from services.intake.metrics import REGISTRY
from tests.services.intake.people import CLOSES, P0, Office


def figure(name: str, **labels: str) -> float:
    """One series as it stands; 0 where it is not there yet."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def counted(office: Office) -> dict[str, float]:
    """The gauge of applications by state, after its job ran."""
    await count_applications(office.client.db, office.client.clock)
    states = ("draft", "submitted", "eligible", "withdrawn")
    return {state: figure("dure_intake_applications", programme=P0, state=state) for state in states}


async def test_applications_move_from_state_to_state(office: Office) -> None:
    """F-67: Two drafts; one is submitted, found eligible and withdrawn: each count follows."""
    first = await office.draft(await office.organisation())
    await office.draft(await office.organisation())
    assert await counted(office) == {"draft": 2, "submitted": 0, "eligible": 0, "withdrawn": 0}
    await office.call("POST", f"/applications/{first}/submit", 200)
    assert await counted(office) == {"draft": 1, "submitted": 1, "eligible": 0, "withdrawn": 0}
    waived = {"rule_id": "IN-9", "outcome": "pass", "reason": "원본 대조 완료"}
    await office.call("POST", f"/applications/{first}/screening/decisions", 201, json=waived)
    await office.call("POST", f"/applications/{first}/screening/conclude", 200)
    assert await counted(office) == {"draft": 1, "submitted": 0, "eligible": 1, "withdrawn": 0}
    await office.call("POST", f"/applications/{first}/withdraw", 200, json={"reason": "취소"})
    told = await counted(office)
    assert told == {"draft": 1, "submitted": 0, "eligible": 0, "withdrawn": 1}
    summary = await office.call("GET", "/summary", 200, params={"programme": P0})
    assert (summary["drafts"], summary["withdrawn"]) == (told["draft"], told["withdrawn"])


async def test_submissions_are_counted_as_they_come(office: Office) -> None:
    """F-67: One received, one repeated, two late: the counters and the call's counts say so."""
    received = figure("dure_intake_submissions_total", programme=P0)
    late = figure("dure_intake_refused_submissions_total", code="submitted_too_late")
    first, *too_late = [await office.draft(await office.organisation()) for _ in range(3)]
    await office.call("POST", f"/applications/{first}/submit", 200)
    await office.call("POST", f"/applications/{first}/submit", 409)
    office.client.clock.set(CLOSES.replace(hour=16))
    for application_id in too_late:
        await office.call("POST", f"/applications/{application_id}/submit", 409)
    assert figure("dure_intake_submissions_total", programme=P0) - received == 1
    assert figure("dure_intake_refused_submissions_total", code="submitted_too_late") - late == 2
    summary = await office.call("GET", "/summary", 200, params={"programme": P0})
    assert (summary["received"], summary["refused_late"]) == (1, 2)
