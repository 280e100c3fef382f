"""What moves money is proposed by one officer and confirmed by another (BL-13), shown by the shift of a budget."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import text

from tests.services.billing.office import P1, day, use

SHIFTS = f"/budget/{P1}/shifts"
MOVE = {"from_part": "operating", "to_part": "subsidy", "amount_krw": 300_000_000, "reason": "운영비 잔액"}


@pytest.fixture
async def proposal(office):
    """Kim proposes on 3 November to shift 300 million won from operation to subsidies."""
    await office.open(P1)
    office.client.clock.set(day("2025-11-03") + dt.timedelta(hours=10))
    return await office.done(SHIFTS, MOVE, subject="kim")


def confirm(proposal):
    """Where a proposal is confirmed."""
    return f"/proposals/{proposal['proposal_id']}/confirm"


async def operating_krw(office):
    """The operating part as it stands."""
    return (await office.read(f"/budget/{P1}"))["operating_krw"]


@pytest.mark.rule("BL-13")
async def test_nothing_happens_until_another_officer_confirms(office, proposal):
    """The proposal tells what it would do; the budget stands; once Lee confirms it has moved, and both are shown."""
    assert (proposal["state"], proposal["would"]["operating_krw"]) == ("open", 500_000_000)
    assert proposal["next_call"] == f"POST /billing/v1{confirm(proposal)}"
    assert await operating_krw(office) == 800_000_000
    confirmed = await office.done(confirm(proposal), {"reason": "공문 확인"}, subject="lee")
    assert await operating_krw(office) == 500_000_000
    listed = (await office.read("/proposals?state=confirmed"))["items"]
    assert listed == [confirmed] == [await office.read(f"/proposals/{proposal['proposal_id']}")]
    assert [confirmed[name] for name in ("proposed_by", "reason", "ended_by", "ended_because", "next_call")] == [
        "kim", "운영비 잔액", "lee", "공문 확인", "",
    ]  # fmt: skip
    assert confirmed["did"]["operating_krw"] == 500_000_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-13")
@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("kim", id="the same token"),
        pytest.param("KIM", id="the same person spelt otherwise"),
        pytest.param("ＫＩＭ\u200b", id="full-width letters and a zero-width space"),
    ],
)
async def test_nobody_confirms_what_he_proposed(office, proposal, subject):
    """A second token of the same person does not help."""
    assert await office.refused(confirm(proposal), subject=subject) == (409, "proposer_confirms")
    assert await operating_krw(office) == 800_000_000


@pytest.mark.rule("BL-13")
async def test_only_an_officer_confirms_also_where_he_was_one_before(office, proposal):
    """Lee, who lost the role meanwhile, and an operator, an auditor, a provider get 403."""
    for role in ("operator", "auditor", "provider", "applicant"):
        answer = await office.post(confirm(proposal), subject="lee", role=role)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await office.get("/proposals", role="provider", organisation_id="alpha")).status_code == 403


@pytest.mark.rule("BL-13")
async def test_of_32_confirmations_in_parallel_one_has_an_effect(office, proposal):
    """31 are told that it is confirmed already; the budget moved once."""
    answers = await asyncio.gather(*(office.post(confirm(proposal), subject=f"officer-{n}") for n in range(32)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 31
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"wrong_state"}
    assert await operating_krw(office) == 500_000_000


@pytest.mark.rule("BL-13")
async def test_a_proposal_whose_ground_has_changed_is_refused(office, proposal):
    """Another shift was confirmed meanwhile: what Kim saw is no longer so, and his proposal has no effect."""
    other = await office.done(SHIFTS, {**MOVE, "amount_krw": 1_000}, subject="choi")
    await office.done(confirm(other), subject="lee")
    assert await office.refused(confirm(proposal), subject="lee") == (409, "proposal_outdated")
    assert await operating_krw(office) == 799_999_000


@pytest.mark.rule("BL-13")
@pytest.mark.parametrize(
    ("at", "status"),
    [
        pytest.param("2025-11-17T23:59:59.999999+09:00", 200, id="the last microsecond of the 14th day"),
        pytest.param("2025-11-18T00:00:00+09:00", 409, id="exactly at its end"),
    ],
)
async def test_a_proposal_can_be_confirmed_for_fourteen_days(office, proposal, at, status):
    """Proposed on 3 November, its time ends on 17 November at 24:00 KST; then it is shown as expired."""
    assert proposal["expires_at"] == "2025-11-17T15:00:00Z"
    office.client.clock.set(dt.datetime.fromisoformat(at))
    answer = await office.post(confirm(proposal), subject="lee")
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["code"] == "proposal_expired"
        assert [one["proposal_id"] for one in (await office.read("/proposals?state=expired"))["items"]] == [
            proposal["proposal_id"]
        ]


@pytest.mark.rule("BL-13")
@pytest.mark.parametrize(
    ("subject", "state"),
    [pytest.param("kim", "withdrawn", id="its own"), pytest.param("lee", "declined", id="another")],
)
async def test_a_proposal_is_withdrawn_by_its_own_and_declined_by_another(office, proposal, subject, state):
    """Ended with a reason, it can be neither confirmed nor ended again."""
    path = f"/proposals/{proposal['proposal_id']}/withdraw"
    assert (await office.post(path, subject=subject)).status_code == 422, "without a reason"
    ended = await office.done(path, {"reason": "금액 착오"}, subject=subject)
    assert (ended["state"], ended["ended_by"], ended["ended_because"]) == (state, subject, "금액 착오")
    assert await office.refused(confirm(proposal), subject="park") == (409, "wrong_state")
    assert await office.refused(path, {"reason": "다시"}, subject=subject) == (409, "wrong_state")
    assert await operating_krw(office) == 800_000_000


@pytest.mark.rule("BL-13")
async def test_confirmed_and_withdrawn_at_once_it_ends_once(office, proposal):
    """Lee confirms while Kim withdraws: one of them comes first, the other is told."""
    withdraw = office.post(f"/proposals/{proposal['proposal_id']}/withdraw", {"reason": "x"}, subject="kim")
    answers = await asyncio.gather(office.post(confirm(proposal), subject="lee"), withdraw)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    confirmed = answers[0].status_code == 200
    assert await operating_krw(office) == (500_000_000 if confirmed else 800_000_000)


@pytest.mark.rule("BL-13")
async def test_what_could_not_be_done_cannot_be_proposed(office):
    """More than the part holds is refused at once, by the rule itself, and leaves no proposal."""
    await office.open(P1)
    assert await office.refused(SHIFTS, {**MOVE, "amount_krw": 800_000_001}) == (409, "shift_exceeds_part")
    assert (await office.read("/proposals"))["items"] == []


async def test_a_confirmation_that_is_sent_again_gets_its_first_answer(office, proposal):
    """By its Idempotency-Key; the budget moved once."""
    first = await office.done(confirm(proposal), subject="lee", key="k-1")
    assert await office.done(confirm(proposal), subject="lee", key="k-1") == first
    assert await operating_krw(office) == 500_000_000


async def test_f_45_the_history_of_a_thing_shows_everyone_with_time_and_reason(office, proposal):
    """The budget's history: Kim proposed, why; Lee confirmed, why; in Korean and English; nobody else's act."""
    await office.done(confirm(proposal), {"reason": "공문 확인"}, subject="lee")
    await office.refused(confirm(proposal), subject="park")
    acts = (await office.read(f"/history/budget/{P1}"))["items"]
    assert [(act["did"], act["actor"], act["roles"], act["reason"]) for act in acts] == [
        ("propose_shift", "kim", ["officer"], "운영비 잔액"),
        ("confirm_proposal", "lee", ["officer"], "공문 확인"),
    ]
    assert (acts[0]["did_ko"], acts[0]["did_en"]) == ("예산 조정 제안", "Propose a shift between the budget's parts")
    assert acts[0]["at"] == "2025-11-03T01:00:00Z"
    first = await office.read(f"/history/budget/{P1}?limit=1")
    rest = await office.read(f"/history/budget/{P1}?limit=1&cursor={first['next_cursor']}")
    assert [*first["items"], *rest["items"]] == acts
    assert (await office.get(f"/history/budget/{P1}", role="provider", organisation_id="alpha")).status_code == 403


async def test_f_45_a_command_without_a_body_says_why_too(office):
    """`because` stands in the history of what it was about; without it the act stands without a reason."""
    await office.open(P1)
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=1))
    await office.done(f"/settlements/{settlement_id}/issue?because=10월분 마감", subject="kim")
    (act,) = (await office.read(f"/history/settlement/{settlement_id}"))["items"]
    assert (act["did"], act["actor"], act["reason"]) == ("issue_settlement", "kim", "10월분 마감")


async def test_proposals_are_listed_page_by_page_and_by_kind(office, proposal):
    """In the order in which they were made; a page goes on where the last one ended."""
    later = await office.done(SHIFTS, {**MOVE, "amount_krw": 1}, subject="kim")
    first = await office.read("/proposals?limit=1")
    rest = await office.read(f"/proposals?limit=1&cursor={first['next_cursor']}")
    assert [*first["items"], *rest["items"]] == [proposal, later]
    assert (await office.read("/proposals?kind=refund"))["items"] == []
    assert len((await office.read(f"/proposals?thing_id={P1}"))["items"]) == 2


async def test_a_proposal_of_a_kind_that_is_known_no_more_is_not_confirmed(office, proposal):
    """One that a later version of the service does not know is not found, and changes nothing."""
    async with office.client.db.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO proposal SELECT 'P-999999', 'unknown', thing, thing_id, command, would, rests_on,"
                " rests_on_sha256, reason, proposed_by, proposed_at, expires_at FROM proposal"
            )
        )
    assert await office.refused("/proposals/P-999999/confirm", subject="lee") == (404, "not_found")
