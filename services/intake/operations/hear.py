"""What other services say of an application after its screening: the announced outcome, how far its award has got."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.events.allocator import GrantActivated, GrantEnded, GrantPlaced
from libs.common.events.billing import SelfpayDeposited, SelfpayDue, SelfpayOverdue
from libs.common.events.review import SelectionAnnounced, SelectionDecided
from libs.common.money import is_covered
from services.intake.model.agreements import Announcement, ProgressNews
from services.intake.model.applications import ApplicationState
from services.intake.rules.states import BEFORE_AGREEMENT, earlier
from services.intake.store import agreements, applications, objections

SYSTEM = "system"


async def hear_selection(tx: Tx, event: SelectionAnnounced, clock: Clock) -> None:
    """Keep an announced outcome; until the agreement it is what the applicant sees. An older run changes nothing."""
    found = await applications.get_application(tx, event.application_id, for_update=True)
    announced = Announcement(
        application_id=event.application_id,
        selection_id=event.selection_id,
        run_version=event.run_version,
        announced_at=event.announced_at,
        outcome=event.outcome,
        refused_by=event.refused_by,
        promoted=event.promoted,
        units=event.units,
        months=event.months,
        reason=event.reason,
        score=event.score,
        rank=event.rank,
    )
    if not await agreements.add_announcement(tx, announced):
        return
    if found.state in BEFORE_AGREEMENT and found.state != event.outcome:
        why = event.refused_by or event.reason
        await applications.move(tx, event.application_id, event.outcome, reason=why, by=SYSTEM, now=clock.now())


async def hear_deciders(tx: Tx, event: SelectionDecided, clock: Clock) -> None:  # noqa: ARG001 - a handler's shape
    """Keep who took part in a selection: none of them decides on an objection to it."""
    await objections.add_deciders(tx, event.selection_id, event.run_version, event.took_part)


async def hear_placed(tx: Tx, event: GrantPlaced, clock: Clock) -> None:
    """Keep where a grant was placed."""
    news = ProgressNews(
        event.grant_id,
        provider_id=event.provider_id,
        card_type=event.card_type,
        cards=event.cards,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
    )
    await _advance(tx, news, "placed", clock)


async def hear_activated(tx: Tx, event: GrantActivated, clock: Clock) -> None:
    """Keep that use has started."""
    news = ProgressNews(event.grant_id, provider_id=event.provider_id, starts_at=event.starts_at, ends_at=event.ends_at)
    await _advance(tx, news, "active", clock)


async def hear_ended(tx: Tx, event: GrantEnded, clock: Clock) -> None:
    """Keep that use has ended."""
    await _advance(tx, ProgressNews(event.grant_id, ends_at=event.ended_at), "ended", clock, reason=event.reason)


async def _advance(tx: Tx, news: ProgressNews, state: ApplicationState, clock: Clock, *, reason: str = "") -> None:
    await agreements.tell_progress(tx, news)
    at = news.application_id
    await applications.move(tx, at, state, reason=reason, by=SYSTEM, now=clock.now(), only_from=earlier(state))


async def hear_self_payment_due(tx: Tx, event: SelfpayDue, clock: Clock) -> None:  # noqa: ARG001 - a handler's shape
    """Keep what the applicant owes in advance; a new amount opens the question anew."""
    covered = is_covered(0, event.amount_krw)
    due = ProgressNews(
        event.application_id, selfpay_due_krw=event.amount_krw, selfpay_covered=covered, selfpay_overdue=False
    )
    await agreements.tell_progress(tx, due)


async def hear_self_payment(tx: Tx, event: SelfpayDeposited, clock: Clock) -> None:  # noqa: ARG001 - a handler's shape
    """Keep what came in of it."""
    received = ProgressNews(
        event.application_id,
        selfpay_due_krw=event.due_krw,
        selfpay_received_krw=event.received_krw,
        selfpay_covered=event.covered,
    )
    await agreements.tell_progress(tx, received)


async def hear_self_payment_overdue(tx: Tx, event: SelfpayOverdue, clock: Clock) -> None:  # noqa: ARG001 - as above
    """Keep that the period to pay has ended without the whole amount."""
    await agreements.tell_progress(
        tx, ProgressNews(event.application_id, selfpay_due_krw=event.due_krw, selfpay_overdue=True)
    )
