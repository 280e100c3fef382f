"""Ways to be paid by oneself or to pay twice that somebody tried through REST, each with its right answer."""

import pytest

from libs.common.events.intake import ProviderRegistered
from tests.services.billing.office import P0, P1, day, use

OCTOBER, NOVEMBER = (f"alpha:{P1}:2025-{month}" for month in ("10", "11"))
AS_ALPHA = {"role": "provider", "organisation_id": "alpha"}
OWN = "/self-payments/A-000001"
SHIFTS = f"/budget/{P1}/shifts"
MOVE = {"from_part": "operating", "to_part": "subsidy", "amount_krw": 300, "reason": "운영비 잔액"}
FULL = 9_600_000


async def as_many(office, path, body=None, *, roles, organisation_id, subject="both"):
    """POST with a token that carries several roles; returns the answer."""
    token = office.client.token(*roles, organisation_id=organisation_id, subject=subject)
    headers = {"Authorization": f"Bearer {token}"}
    return await office.client.http.post(f"/v1{path}", json=body, headers=headers)


async def confirm(office, proposal):
    """A second officer confirms; returns the answer, whatever its status."""
    return await office.post(f"/proposals/{proposal['proposal_id']}/confirm", subject="lee")


def document(balance_krw=FULL):
    """A claim of a balance with its document."""
    return {"balance_krw": balance_krw, "document": {"sha256": "9f" * 32, "file_name": "1_잔액증명서.pdf"}}


async def october(office, krw=5_500, **paid):
    """P1 with one grant that used ten hours in October; the settlement is a draft."""
    await office.open(P1)
    await office.price(P1, krw)
    await office.paid_up("A-000001", **paid)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=10))


# ── what a proposal rests on ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.rule("BL-13")
async def test_a_refund_of_what_was_paid_too_much_does_not_become_one_of_everything(office):
    """Kim proposes 100,000 paid above 300,000; the grant ends; Lee's confirmation gives 400,000 back."""
    await office.open(P1)
    await office.sign("A-000001", P1)
    await office.done(f"{OWN}/deposits", {"amount_krw": 400_000, "reference": "b-1"})
    await office.place("A-000001", P1)
    proposed = await office.done(f"{OWN}/refund", {"reason": "과납"}, subject="kim")
    assert proposed["would"]["refund_krw"] == 100_000
    await office.end("A-000001", P1, day("2025-10-20"))
    answer = await confirm(office, proposed)
    assert (answer.status_code, answer.json().get("code")) == (409, "proposal_outdated"), answer.json().get("did")


@pytest.mark.rule("BL-13")
async def test_a_price_does_not_reprice_a_month_that_was_closed_after_it_was_proposed(office):
    """November is issued, October a draft: 55,000 won proposed; October is paid at 5,500; the confirmation passes."""
    await october(office)
    await office.close_statement(P1, use("A-000001", billable_unit_hours=1, period="2025-11"), month="2025-11")
    await office.settled(NOVEMBER, "issue")
    offer = {"programme": P1, "provider_id": "alpha", "product": "H100x1", "mode": "dynamic", "unit_price_krw": 55_000}
    more = {"valid_from": "2025-10-01", "round": 2, "reason": "2차 협상"}
    proposed = await office.done("/prices", {**offer, **more}, subject="kim")
    await office.settled(OCTOBER)
    answer = await confirm(office, proposed)
    assert (answer.status_code, answer.json().get("code")) == (409, "proposal_outdated")


@pytest.mark.rule("BL-13")
async def test_of_two_shifts_that_say_the_same_the_second_stays_refused_after_one_was_moved_back(office):
    """Decision 0061: of two that say the same one has an effect; 300 won go there, back, and there again."""
    await office.open(P1)
    first, second = [await office.done(SHIFTS, MOVE, subject="kim") for _ in range(2)]
    assert (await confirm(office, first)).status_code == 200
    assert (await confirm(office, second)).json()["code"] == "proposal_outdated"
    await office.two_people(SHIFTS, {**MOVE, "from_part": "subsidy", "to_part": "operating"})
    assert (await confirm(office, second)).status_code == 409


@pytest.mark.rule("BL-13")
async def test_a_decision_rests_on_the_price_at_which_the_line_counts(office):
    """Half of ten hours at 5,500 is proposed; they are repriced to 11,000; confirmed, 27,500 of 110,000 are left."""
    await october(office)
    await office.settled(OCTOBER, "issue")
    contest = f"/settlements/{OCTOBER}/lines/1/dispute"
    raised = await office.done(contest, {"reason": "다섯 시간만 썼음"}, **AS_ALPHA)
    half = {"amount_krw": 27_500, "reason": "다섯 시간"}
    proposed = await office.done(f"/disputes/{raised['dispute_id']}/decision", half, subject="kim")
    await office.price(P1, 11_000, round=2)
    answer = await confirm(office, proposed)
    assert (answer.status_code, answer.json().get("code")) == (409, "proposal_outdated")


@pytest.mark.rule("CV-9")
async def test_the_history_of_a_price_is_one_however_its_provider_is_spelt(office):
    """Alpha is registered; a price is proposed for `ALPHA` and enters alpha's book: alpha's history shows both acts."""
    await office.open(P1)
    facts = {"business_no": "1248100998", "representative_keys": [], "affiliates": [], "members": []}
    at = office.client.clock.now()
    named = {"provider_id": "alpha", "organisation_id": "O-A", "name": "알파"}
    told = ProviderRegistered(registered_at=at, **named, **facts)
    await office.client.feed(told)
    recorded = await office.price(P1, 5_500, provider_id="ALPHA")
    assert recorded["provider_id"] == "alpha"
    acts = (await office.read(f"/history/price/{P1}/alpha"))["items"]
    assert [act["did"] for act in acts] == ["propose_price", "confirm_proposal"]


# ── several roles in one token ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.rule("BL-13")
@pytest.mark.parametrize(
    ("roles", "organisation_id"),
    [
        pytest.param(("officer", "provider"), "beta", id="an officer who is another provider"),
        pytest.param(("auditor", "provider"), "beta", id="another provider that audits"),
        pytest.param(("officer", "provider"), "", id="an officer of no provider"),
    ],
)
async def test_only_the_settlements_own_provider_waives_its_window(office, roles, organisation_id):
    """Alpha's right to contest is given up for good by somebody who is not alpha; beta's plain token gets 404."""
    await october(office)
    await office.settled(OCTOBER, "issue")
    waive = f"/settlements/{OCTOBER}/waive-window"
    answer = await as_many(office, waive, roles=roles, organisation_id=organisation_id)
    assert answer.status_code in (403, 404), answer.json()["window_waived_by"]


@pytest.mark.rule("BL-13")
async def test_a_providers_own_people_do_not_pay_the_provider(office):
    """Three of alpha's people with the officer's role beside: issue, waive, approve, pay; two of them set the price."""
    await office.open(P1)
    alpha = {"roles": ("officer", "provider"), "organisation_id": "alpha"}
    offer = {"programme": P1, "provider_id": "alpha", "product": "H100x1", "mode": "dynamic", "unit_price_krw": 10**9}
    more = {"valid_from": "2025-10-01", "round": 1, "reason": "협상"}
    proposed = await as_many(office, "/prices", {**offer, **more}, subject="alpha-kim", **alpha)
    passed = ["price proposed"] if proposed.status_code < 300 else []
    if passed:
        path = f"/proposals/{proposed.json()['proposal_id']}/confirm"
        passed += ["confirmed"] * ((await as_many(office, path, subject="alpha-lee", **alpha)).status_code < 300)
    await office.paid_up("A-000001")
    await office.close_statement(P1, use("A-000001", billable_unit_hours=10))
    for step, who in (("issue", "kim"), ("waive-window", "kim"), ("approve", "lee"), ("pay", "park")):
        body = {"reference": "b-1"} if step == "pay" else None
        told = await as_many(office, f"/settlements/{OCTOBER}/{step}", body, subject=f"alpha-{who}", **alpha)
        passed += [step] * (told.status_code < 300)
    assert not {"confirmed", "approve", "pay"} & set(passed), passed


@pytest.mark.rule("BL-11", "BL-14")
async def test_a_role_that_reads_everything_does_not_write_in_anothers_name(office):
    """Beta, which is also an auditor, contests alpha's line and books a payment to alpha; O-2 claims for O-1."""
    await october(office)
    await office.settled(OCTOBER, "issue")
    beta = {"roles": ("auditor", "provider"), "organisation_id": "beta"}
    done = [await as_many(office, f"/settlements/{OCTOBER}/lines/1/dispute", {"reason": "x"}, **beta)]
    await office.open(P0)
    await office.sign("A-000002", P0, product="H100x4", units=1, months=6)
    await office.place("A-000002", P0, cards=4, months=6)
    await office.activate("A-000002", P0)
    booked = {"amount_krw": 1, "reference": "b-1"}
    done.append(await as_many(office, "/self-payments/A-000002/payments", booked, **beta))
    other = {"roles": ("auditor", "applicant"), "organisation_id": "O-2"}
    done.append(await as_many(office, "/self-payments/A-000002/evidence", document(), **other))
    assert [answer.status_code for answer in done] == [404, 404, 404]


@pytest.mark.rule("BL-14")
async def test_an_applicants_own_officer_does_not_confirm_its_evidence(office):
    """One of O-1 claims 9,600,000, another of O-1, who is an officer too, confirms: the applicant's word opens it."""
    await office.open(P0)
    await office.sign("A-000001", P0, product="H100x4", units=1, months=6)
    told = await office.done(f"{OWN}/evidence", document(), role="applicant", organisation_id="O-1", subject="ap-1")
    path = f"{OWN}/evidence/{told['evidence'][0]['evidence_id']}/confirm"
    who = {"roles": ("officer", "applicant"), "organisation_id": "O-1", "subject": "ap-2"}
    answer = await as_many(office, path, {"balance_krw": FULL}, **who)
    assert answer.status_code in (403, 409), answer.json()["covered"]


# ── reasons that nobody can read ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.rule("BL-14", "CV-9")
@pytest.mark.parametrize("reason", ["\u200b", "\u3164"], ids=["zero-width space", "Hangul filler"])
async def test_another_balance_is_not_confirmed_with_an_invisible_reason(office, reason):
    """Five won claimed, 9,600,000 confirmed, because of nothing; a plain blank is refused already."""
    await office.open(P0)
    await office.sign("A-000001", P0, product="H100x4", units=1, months=6)
    told = await office.done(f"{OWN}/evidence", document(5), role="applicant", organisation_id="O-1", subject="ap-1")
    path = f"{OWN}/evidence/{told['evidence'][0]['evidence_id']}/confirm"
    answer = await office.post(path, {"balance_krw": FULL, "reason": reason})
    assert answer.status_code in (409, 422), answer.json()["covered"]


@pytest.mark.rule("BL-13", "CV-9")
async def test_nothing_is_proposed_with_an_invisible_reason(office):
    """A reason of U+3164 is no reason (F-45); references refuse it already."""
    await office.open(P1)
    assert (await office.post(SHIFTS, {**MOVE, "reason": "\u3164"})).status_code == 422


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.rule("BL-7", "BL-6")
@pytest.mark.parametrize("owed", ["by another price", "by a price that was missing"])
async def test_nothing_is_refunded_while_a_draft_states_use_of_the_grant(office, owed):
    """The grant's own fee waits in November's draft, whose statement does not name it: all of its deposit goes back."""
    await office.open(P1)
    await office.price(P1, 1_000)
    await office.paid_up("A-000001")
    await office.paid_up("A-000002", organisation_id="O-2")
    await office.place("A-000001", P1)
    await office.activate("A-000001", P1)
    product = "H100x1" if owed == "by another price" else "H100x2"
    used = use("A-000001", billable_unit_hours=100, priced_product=product)
    await office.settled(await office.close_statement(P1, used, use("A-000002", billable_unit_hours=1)))
    await office.end("A-000001", P1, day("2025-11-01"))
    await office.close_statement(P1, use("A-000002", billable_unit_hours=1, period="2025-11"), month="2025-11")
    await office.price(P1, 2_000, product=product, round=2)
    waiting = (await office.read(f"/settlements/{NOVEMBER}"))["lines"]
    assert sum(line["amount_krw"] for line in waiting if line["grant_id"] == "A-000001") > 0
    answer = await office.post(f"{OWN}/refund", {"reason": "이용 종료"})
    assert (answer.status_code, answer.json().get("code")) == (409, "use_not_settled"), answer.json().get("would")


@pytest.mark.rule("BL-9")
async def test_subsidy_never_exceeds_the_cap_after_a_shift_and_a_revision(office):
    """Cap 1,000,000 of which 800,000 for operation, moved to subsidies; operation revised to 0: 1,800,000 are drawn."""
    await office.open(P1, **{"billing.budget.cap_krw": 1_000_000, "billing.budget.operating_krw": 800_000})
    await office.price(P1, 10_000)
    await office.two_people(SHIFTS, {**MOVE, "amount_krw": 800_000})
    await office.revise(P1, "billing.budget.operating_krw", 0)
    await office.paid_up("A-000001", sector="public")
    await office.close_statement(P1, use("A-000001", billable_unit_hours=180))
    paid = await office.settled(OCTOBER)
    assert (paid["subsidy_krw"], paid["uncovered_krw"]) == (1_000_000, 800_000)


@pytest.mark.rule("CV-10")
async def test_deposits_before_the_agreement_stay_within_bounds(office):
    """2 × 10¹⁵ won are booked (200); the agreement then is a dead letter: it owes nothing, and no gate ever opens."""
    await office.open(P1)
    await office.announce("A-000001", P1, product="H100x1")
    for number in range(2):
        last = await office.post(f"{OWN}/deposits", {"amount_krw": 10**15, "reference": f"b-{number}"})
    await office.sign("A-000001", P1)
    assert (await office.read(OWN))["due_krw"] == 300_000
    assert last.status_code in (409, 422)


@pytest.mark.rule("CV-10", "BL-13")
async def test_what_a_proposal_rests_on_may_be_beyond_what_a_float_holds(office):
    """Ten commitments of 10¹⁵ won, each within bounds, and no shift can be proposed any more: 500."""
    programme = await office.open(P1)
    await office.revise(P1, f"tracks.{next(iter(programme.tracks))}.selection.planning_price_krw", 10**15)
    for number in range(10):
        party = f"O-{number}"
        await office.announce(f"A-00001{number}", P1, product="H100x1", months=1, organisation_id=party)
    assert (await office.post(SHIFTS, MOVE)).status_code == 201
