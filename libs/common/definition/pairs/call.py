"""What must agree about a call as a whole: its days, products and tracks."""

import datetime as dt
from collections.abc import Iterator

from libs.common.bounds import PERIOD_DAYS_MAX
from libs.common.calendar import add_months, kst_day
from libs.common.definition.intake import Track
from libs.common.definition.mistakes import Mistake
from libs.common.definition.pairs.wording import out_of_order, shown, twice, unknown
from libs.common.definition.programme import Programme


def contradictions(programme: Programme) -> Iterator[Mistake]:
    """Days in their order, products of known cards and whole servers, tracks whose least is not above their most."""
    yield from _days(programme)
    for code, product in programme.products.items():
        yield from unknown(f"products.{code}.card_type", "카드", "card", product.card_type, programme.cards, "cards")
        yield from _servers(programme, code)
    for code, track in programme.tracks.items():
        yield from _track(programme, code, track)
        yield from _presentation(programme, track)


def _days(programme: Programme) -> Iterator[Mistake]:
    opens, closes = programme.submissions_open_at, programme.submissions_close_at
    starts, ends = programme.use_starts_on, programme.use_ends_on
    yield from out_of_order(opens, closes, equal_allowed=False)
    yield from out_of_order(starts, ends)
    first, last = starts.known(), ends.known()
    if first and last and (last - first).days >= PERIOD_DAYS_MAX:
        days, most = f"{(last - first).days + 1:,}", f"{PERIOD_DAYS_MAX:,}"
        yield Mistake(
            ends.path,
            f"사용 기간이 {days}일입니다. {most}일 이하가 되도록 적으십시오.",
            f"the period of use has {days} days. Write a day that leaves at most {most}.",
            (starts.path,),
        )
    closing = closes.known()
    yield from _not_after(programme.notice_date.path, programme.notice_date.known(), closes.path, closing)
    yield from _not_after(closes.path, closing and kst_day(closing), ends.path, last)


def _not_after(path: str, day: dt.date | None, later: str, limit: dt.date | dt.datetime | None) -> Iterator[Mistake]:
    """A day that comes after the one before which it must be."""
    last = kst_day(limit) if isinstance(limit, dt.datetime) else limit
    if day is not None and last is not None and day > last:
        yield Mistake(
            path,
            f"'{later}'의 {shown(last)}보다 뒤입니다({shown(day)}). {shown(last)} 또는 그 전의 날을 적으십시오.",
            f"{shown(day)} comes after {shown(last)} at '{later}'. Write {shown(last)} or a day before.",
            (later,),
        )


def _servers(programme: Programme, code: str) -> Iterator[Mistake]:
    """AL-1: a server product takes whole servers, so its cards fill them."""
    product, server = programme.products[code], programme.allocation.server_cards
    cards = server.known()
    if product.whole_servers and cards and product.cards_per_unit % cards:
        yield Mistake(
            f"products.{code}.cards_per_unit",
            f"카드 {product.cards_per_unit}장은 {cards}장짜리 서버를 채우지 못합니다. {cards}의 배수를 적으십시오.",
            f"{product.cards_per_unit} cards do not fill whole servers of {cards}. Write a multiple of {cards}.",
            (server.path,),
        )


def _track(programme: Programme, code: str, track: Track) -> Iterator[Mistake]:
    path = f"tracks.{code}.products"
    if not track.products:
        yield Mistake(
            path, "신청할 상품이 없습니다. 상품을 하나 이상 적으십시오.", "lists no product. Write at least one."
        )
    yield from twice(path, track.products)
    for place, name in enumerate(track.products):
        yield from unknown(f"{path}.{place}", "상품", "product", name, programme.products, "products")
    yield from out_of_order(track.units_min, track.units_max)
    yield from out_of_order(track.months_min, track.months_max)
    yield from _months_fit(programme, track)
    yield from _stages(track)


def _months_fit(programme: Programme, track: Track) -> Iterator[Mistake]:
    """IN-4: the fewest months that can be asked for lie within the use window."""
    least, starts, ends = track.months_min, programme.use_starts_on, programme.use_ends_on
    months, first, last = least.known(), starts.known(), ends.known()
    if months and first and last and first <= last and add_months(first, months) > last + dt.timedelta(days=1):
        yield Mistake(
            least.path,
            f"{months}개월은 사용 기간({shown(first)}~{shown(last)})에 들어가지 않습니다. 더 짧게 적으십시오.",
            f"{months} months do not fit into the period of use ({shown(first)} to {shown(last)}). Write fewer.",
            (starts.path, ends.path),
        )


def _presentation(programme: Programme, track: Track) -> Iterator[Mistake]:
    """RV-8: who presents does so after the closing, and only where a stage is a presentation."""
    days = track.presentation.known() or []
    yield from twice(track.presentation.path, [shown(day) for day in days])
    stages, large = track.stages.known(), track.large_stages.known()
    if days and stages is not None and "presentation" not in [*stages, *(large or [])]:
        yield Mistake(
            track.presentation.path,
            "발표 평가가 없는 트랙에 발표일을 적었습니다. none을 적거나 stages에 presentation을 더하십시오.",
            "states days of presentation for a track without one. Write none, or add presentation to the stages.",
            (track.stages.path, track.large_stages.path),
        )
    closing, last = programme.submissions_close_at.known(), programme.use_ends_on.known()
    for day in days:
        if closing and day < kst_day(closing):
            yield Mistake(
                track.presentation.path,
                f"발표일 {shown(day)}이 접수 마감 전입니다. {shown(kst_day(closing))} 이후의 날을 적으십시오.",
                f"{shown(day)} comes before the closing. Write a day on or after {shown(kst_day(closing))}.",
                (programme.submissions_close_at.path,),
            )
        yield from _not_after(track.presentation.path, day, programme.use_ends_on.path, last)


def _stages(track: Track) -> Iterator[Mistake]:
    stages = track.stages.known()
    if stages is None:
        return
    yield from twice(track.stages.path, stages)
    if stages[0] == "presentation" and "document" in stages:
        yield Mistake(
            track.stages.path,
            "서류 평가가 발표 평가 뒤에 있습니다. [document, presentation] 순서로 적으십시오.",
            "the document stage comes after the presentation. Write [document, presentation].",
        )
    skipped = track.document_stage_may_be_skipped
    if skipped.known() and "document" in stages and "presentation" not in stages:
        yield Mistake(
            skipped.path,
            "서류 평가를 건너뛰면 남는 평가가 없습니다. false를 적거나 stages에 presentation을 더하십시오.",
            "without the document stage none is left. Write false, or add presentation to the stages.",
            (track.stages.path,),
        )
