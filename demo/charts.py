"""The report's pictures as inline SVG: built as text, without any resource from outside.

Each tells in words, for those who do not see it, what it shows.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from demo.report_words import (
    AMOUNTS,
    ASIDE,
    HOUR_S,
    MINUTE_S,
    PAYERS,
    STAGES,
    percent,
    programme_words,
    short_won,
    span,
    won,
)
from demo.svg import (
    BLUE,
    INK,
    LEFT,
    ORANGE,
    RIGHT,
    SKY,
    SOFT,
    VERMILION,
    WIDTH,
    bar,
    hatch,
    line,
    picture,
    text,
    ticks,
)
from libs.common.calendar import KST

FILLS = {"self_payment_krw": ORANGE, "subsidy_krw": BLUE}
"""What neither paid is hatched."""
EDGES_S = (0, *(MINUTE_S * m for m in (1, 5, 15, 30)), *(HOUR_S * h for h in (1, 2, 4, 8, 16, 24, 48, 96, 192)))
DAY_TICKS_SPAN = dt.timedelta(days=130)
DAY_TICKS = (10, 20)
MONTH_LABEL_WIDE, DAY_LABEL_WIDE = 108, 76
Across = Callable[[dt.datetime], float]


# --- Cards in use over time -----------------------------------------------------------------------------------------

Series = list[tuple[dt.datetime, int]]


def cards_in_use(cards: Mapping[str, Mapping[str, Any]]) -> str:
    """One panel a provider, one below the other on the same time axis: cards in use by the hour, and the capacity."""
    series = {
        provider: [(dt.datetime.fromisoformat(at).astimezone(KST), used) for at, used in told["points"]]
        for provider, told in cards.items()
    }
    instants = [points[place][0] for points in series.values() if points for place in (0, -1)]
    if not instants:
        return ""
    start, end = min(instants), max(instants) + dt.timedelta(hours=1)
    panel, gap = 104, 46
    body, told, top = "", [], 30
    for provider, points in series.items():
        capacity = cards[provider]["capacity"]
        words = _in_words(points, capacity)
        told.append(f"{provider}: {words}")
        body += text(LEFT, top - 10, provider, look="strong") + text(WIDTH - RIGHT, top - 10, words, anchor="end")
        body += _panel(points, capacity, (start, end), top, panel)
        top += panel + gap
    axis = "가로: 한국시간 · x: Seoul time | 세로: 사용 중인 카드(장) · y: cards in use | 점선: 용량 · dashed: capacity"
    body += text(WIDTH / 2, top - 4, axis, anchor="middle", look="soft")
    title = "공급사별 사용 중인 카드 수 · Cards in use over time, by provider"
    return picture("cards", top + 8, title, "; ".join(told), body)


def _in_words(points: Series, capacity: int) -> str:
    if not points:
        return f"용량 {capacity:,}장 · 기록 없음 · no records"
    used = [count for _, count in points]
    mean = percent(sum(used), len(used) * capacity)
    return f"용량 capacity {capacity:,}장 · 최대 peak {max(used):,}장 · 평균 mean {mean}"


def _panel(points: Series, capacity: int, shown: tuple[dt.datetime, dt.datetime], top: float, height: float) -> str:
    start, end = shown
    wide = (WIDTH - LEFT - RIGHT) / (end - start).total_seconds()
    most = max([capacity, 1, *(used for _, used in points)])

    def across(at: dt.datetime) -> float:
        return LEFT + (at - start).total_seconds() * wide

    def up(used: float) -> float:
        return top + height - height * used / (most * 1.08)

    body = ""
    for used in ticks(most, 4):
        body += line(LEFT, up(used), WIDTH - RIGHT, up(used))
        body += text(LEFT - 8, up(used) + 4, f"{used:,}", anchor="end", look="soft")
    body += _time_axis(start, end, across, top, height)
    if points:
        path = f"M{across(points[0][0]):.1f} {up(0):.1f}"
        last = None
        for at, used in points:
            if used != last:
                path += f"H{across(at):.1f}V{up(used):.1f}"
                last = used
        path += f"H{across(points[-1][0] + dt.timedelta(hours=1)):.1f}V{up(0):.1f}Z"
        body += f'<path d="{path}" fill="{SKY}" stroke="{BLUE}" stroke-width="1"/>'
    body += line(LEFT, up(capacity), WIDTH - RIGHT, up(capacity), VERMILION, 'stroke-width="2" stroke-dasharray="7 4"')
    return body + line(LEFT, up(0), WIDTH - RIGHT, up(0), INK)


def _time_axis(start: dt.datetime, end: dt.datetime, across: Across, top: float, height: float) -> str:
    body, free, beneath = "", 0.0, top + height + 16
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    if start.day != 1:
        body += text(LEFT, beneath, f"{start:%Y-%m-%d}", look="soft")
        free = LEFT + DAY_LABEL_WIDE
    while day < end:
        x, whole = across(day), day >= start
        if whole and day.day == 1 and x > free:
            body += line(x, top, x, top + height + 5, SOFT)
            body += text(x + 3, beneath, f"{day.year}년 {day.month}월 {day:%b}", look="soft")
            free = x + MONTH_LABEL_WIDE
        elif whole and day.day in DAY_TICKS and end - start <= DAY_TICKS_SPAN:
            body += line(x, top + height, x, top + height + 4, SOFT)
            body += text(x, beneath, f"{day.day}일", anchor="middle", look="soft") if x > free + 16 else ""
        day += dt.timedelta(days=1)
    return body


# --- Waits ----------------------------------------------------------------------------------------------------------


def wait_counts(waits_s: Sequence[int], limit_s: int) -> list[tuple[int, int | None, int]]:
    """The histogram's bins `(low, high, count)`: each wait counts where low < wait ≤ high, none (0 s) in the first.

    The limit is always an edge; the last bin has no high end; bins past both the limit and the longest wait
    are left out.
    """
    edges = sorted({*EDGES_S, limit_s})
    bins: list[tuple[int, int | None, int]] = [(0, 0, sum(1 for wait in waits_s if wait <= 0))]
    ends: list[int | None] = [*edges[1:], None]
    for low, high in zip(edges, ends, strict=True):
        count = sum(1 for wait in waits_s if wait > low and (high is None or wait <= high))
        bins.append((low, high, count))
    needed = max(nth for nth, (low, _, count) in enumerate(bins) if count or low == limit_s)
    return bins[: needed + 1]


def waits(waits_s: Sequence[int], limit_s: int) -> str:
    """The waits' histogram: spans that widen to the right, counts on a logarithmic scale, each count written."""
    bins = wait_counts(waits_s, limit_s)
    top, height = 40, 210
    wide = (WIDTH - LEFT - RIGHT) / len(bins)
    most = max(count for *_, count in bins)
    scale = height / (math.log10(max(most, 10)) + 0.45)
    floor = top + height

    def up(count: int) -> float:
        return floor - (math.log10(count) + 0.3) * scale if count else floor

    body = hatch("waits", VERMILION, "#fbe3d3")
    for power in range(int(math.log10(max(most, 10))) + 1):
        body += line(LEFT, up(10**power), WIDTH - RIGHT, up(10**power))
        body += text(LEFT - 8, up(10**power) + 4, f"{10**power:,}", anchor="end", look="soft")
    told = []
    for nth, (low, high, count) in enumerate(bins):
        x, words = LEFT + nth * wide, _between(low, high)
        told.append(f"{words} {count:,}건")
        fill = "url(#hatched-waits)" if low >= limit_s else BLUE
        body += bar(x + 3, up(count), wide - 6, floor - up(count), fill, f"{words}: {count:,}건 sessions")
        body += text(x + wide / 2, up(count) - 5, f"{count:,}", anchor="middle", look="strong")
        body += _edge(x, wide, high, floor)
    limit_x = LEFT + wide * next(nth for nth, (low, high, _) in enumerate(bins) if low >= limit_s and high != 0)
    body += line(limit_x, top - 14, limit_x, floor, VERMILION, 'stroke-width="2" stroke-dasharray="7 4"')
    ko, en = span(limit_s)
    body += text(limit_x - 6, top - 6, f"한도 {ko} · limit {en}", anchor="end", look="strong")
    body += line(LEFT, floor, WIDTH - RIGHT, floor, INK)
    axis = "가로: 대기 시간(로그 구간) · x: wait, log bins | 세로: 세션 수(로그 눈금) · y: sessions, log scale"
    body += text(WIDTH / 2, floor + 58, axis, anchor="middle", look="soft")
    return picture("waits", floor + 68, "대기 시간의 분포 · Distribution of waits", "; ".join(told), body)


def _between(low: int, high: int | None) -> str:
    if high == 0:
        return "바로 시작"
    return f"{span(low)[0]} 초과" if high is None else f"{span(low)[0]} 초과 {span(high)[0]} 이하"


def _edge(x: float, wide: float, high: int | None, floor: float) -> str:
    if high == 0:
        return text(x + wide / 2, floor + 18, "바로", anchor="middle") + text(
            x + wide / 2, floor + 34, "at once", anchor="middle", look="soft"
        )
    if high is None:
        return ""
    ko, en = span(high)
    end = x + wide
    mark = line(end, floor, end, floor + 5, INK)
    return mark + text(end, floor + 18, ko, anchor="middle") + text(end, floor + 34, en, anchor="middle", look="soft")


# --- Who paid -------------------------------------------------------------------------------------------------------


def who_paid(name: str, settlements: Sequence[Mapping[str, Any]]) -> str:
    """One programme's settlements as stacked bars of the three who pay; what was given back runs to the left."""
    left, right, row, top = 148, 128, 30, 44
    up_to = max([1, *(sum(max(0, one[payer] or 0) for payer in PAYERS) for one in settlements)])
    down_to = min([0, *(sum(min(0, one[payer] or 0) for payer in PAYERS) for one in settlements)])
    wide = (WIDTH - left - right) / (up_to - down_to)
    floor = top + row * len(settlements)

    def across(krw: int) -> float:
        return left + (krw - down_to) * wide

    fills = {**FILLS, "uncovered_krw": f"url(#hatched-{name})"}
    body = hatch(name, INK, "#ffffff") + _legend(left, fills)
    for krw in ticks(up_to, 5):
        body += line(across(krw), top - 6, across(krw), floor)
        body += text(across(krw), floor + 16, short_won(krw) if krw else "0원", anchor="middle", look="soft")
    told = []
    for nth, one in enumerate(settlements):
        y = top + nth * row
        body += text(left - 10, y + 15, f"{one['provider']} · {one['month']}", anchor="end")
        ends = [0, 0]
        for payer in PAYERS:
            krw = one[payer] or 0
            side = krw < 0
            first, ends[side] = ends[side], ends[side] + krw
            x, width = min(across(first), across(ends[side])), abs(krw) * wide
            body += bar(x, y, width, row - 10, fills[payer], f"{AMOUNTS[payer][0]} {won(krw)}") if krw else ""
        body += text(across(max(ends[0], 0)) + 6, y + 15, won(one["fee_krw"]), look="strong")
        parts = ", ".join(f"{AMOUNTS[payer][0]} {won(one[payer])}" for payer in PAYERS)
        told.append(f"{one['provider']} {one['month']}: 정산액 {won(one['fee_krw'])} = {parts}")
    body += line(across(0), top - 6, across(0), floor, INK)
    axis = "가로: 정산액(원, 부가세 포함) · x: fee in won, VAT included"
    body += text(WIDTH / 2, floor + 38, axis, anchor="middle", look="soft")
    return picture(name, floor + 48, "누가 얼마를 냈나 · Who paid which part", "; ".join(told), body)


def _legend(left: float, fills: Mapping[str, str]) -> str:
    body = ""
    for nth, payer in enumerate(PAYERS):
        x = left + nth * 168
        ko, en = AMOUNTS[payer]
        body += f'<rect x="{x}" y="10" width="14" height="14" fill="{fills[payer]}" stroke="{INK}" stroke-width=".5"/>'
        body += text(x + 20, 22, f"{ko} · {en}")
    return body


# --- Funnels --------------------------------------------------------------------------------------------------------


def funnel(name: str, programme: Mapping[str, Any]) -> str:
    """One programme's way from the applications to the grants in use, each stage with its share of the applications."""
    left, right, row, top = 148, 150, 34, 8
    most = max([1, *(programme[stage] for stage, *_ in STAGES)])
    body, told = "", []
    for nth, (stage, ko, en) in enumerate(STAGES):
        y, count = top + nth * row, programme[stage]
        share = percent(count, programme["applications"])
        width = (WIDTH - left - right) * count / most
        body += text(left - 10, y + 12, ko, anchor="end", look="strong")
        body += text(left - 10, y + 26, en, anchor="end", look="soft")
        body += bar(left, y, width, row - 8, BLUE, f"{ko} {count:,}건")
        body += text(left + width + 8, y + 18, f"{count:,}건 ({share})", look="strong")
        told.append(f"{ko} {en} {count:,}건 ({share})")
    bottom = top + row * len(STAGES)
    body += line(left, top - 4, left, bottom, INK)
    told += [f"{ko} {en} {programme[aside]:,}건" for aside, ko, en in ASIDE]
    axis = "가로: 신청 건수(괄호: 신청 대비) · x: applications (share of all)"
    body += text(left, bottom + 16, axis, look="soft")
    title = f"{' · '.join(programme_words(programme['code']))}: 신청에서 이용까지 · from application to use"
    return picture(name, bottom + 26, title, "; ".join(told), body)
