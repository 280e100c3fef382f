"""What must agree about reductions, regions, earlier support and large applications: that somebody can claim them."""

from collections.abc import Iterator

from libs.common.definition.intake import Track
from libs.common.definition.mistakes import Mistake
from libs.common.definition.pairs.wording import out_of_order, shown, twice, unknown
from libs.common.definition.programme import Programme
from libs.common.definition.stated import Keys, StatedOrNone


def contradictions(programme: Programme) -> Iterator[Mistake]:
    """Evidence that the call lists, a region that goes first only where there is one, large units that can be had."""
    intake = programme.intake
    yield from _evidence(programme, intake.youth.evidence)
    if intake.region is not None:
        yield from _evidence(programme, intake.region.evidence)
        yield from twice("intake.region.addresses", intake.region.addresses)
        if intake.region.registered_by.known() == "closing_date" and programme.submissions_close_at.is_none():
            yield _no_day(intake.region.registered_by.path, programme.submissions_close_at.path)
        if intake.region.registered_by.known() == "notice_date" and programme.notice_date.is_none():
            yield _no_day(intake.region.registered_by.path, programme.notice_date.path)
    elif intake.region_first.known():
        yield Mistake(
            intake.region_first.path,
            "할인 지역(intake.region)이 없습니다. none을 적거나 지역을 적으십시오.",
            "there is no region (intake.region) to go first. Write none, or state the region.",
            ("intake.region",),
        )
    for code in intake.repeats.overlaps.known() or {}:
        if code == programme.code:
            yield Mistake(
                intake.repeats.overlaps.path,
                f"이 사업({code}) 자신입니다. 다른 사업의 코드를 적으십시오.",
                f"names this programme ({code}). Write other programmes only.",
                ("code",),
            )
    for track in programme.tracks.values():
        yield from _large(track)


def _no_day(path: str, day: str) -> Mistake:
    return Mistake(
        path,
        f"기준일('{day}')이 none입니다. 다른 기준을 적거나 그 날을 적으십시오.",
        f"the day that it goes by ('{day}') is none. Write another, or state that day.",
        (day,),
    )


def _evidence(programme: Programme, stated: StatedOrNone[Keys]) -> Iterator[Mistake]:
    """IN-15: what shows a claim is a document of the call."""
    yield from twice(stated.path, stated.known() or [])
    for place, name in enumerate(stated.known() or []):
        at = f"{stated.path}.{place}"
        yield from unknown(at, "서류", "document", name, programme.intake.documents, "intake.documents")


def _large(track: Track) -> Iterator[Mistake]:
    """IN-14: large units of the track's own products, within its bounds; what follows only where something is large."""
    large = track.large
    for name, units in (large.known() or {}).items():
        yield from unknown(f"{large.path}.{name}", "상품", "product", name, track.products, large.path)
        most, least = track.units_max.known(), track.units_min.known()
        if most is not None and units > most:
            yield Mistake(
                large.path,
                f"{name} {shown(units)}대부터 대형인데 신청은 {shown(most)}대까지입니다. 그 이하로 적으십시오.",
                f"{shown(units)} units of {name} cannot be asked for: at most {shown(most)}. Write at most that.",
                (track.units_max.path,),
            )
        elif least is not None and units <= least:
            yield Mistake(
                large.path,
                f"{name}은 {shown(least)}대부터 신청하므로 모두 대형이 됩니다. 더 큰 수를 적으십시오.",
                f"every application for {name} would be large, as it begins at {shown(least)}. Write more.",
                (track.units_min.path,),
            )
    for follows in (track.large_stages, track.large_body_pages_about):
        if large.is_none() and follows.known() is not None:
            yield Mistake(
                follows.path,
                "대형 과제의 기준(large)이 없습니다. none을 적거나 기준을 적으십시오.",
                "nothing is large in this track. Write none, or state from which units on (large).",
                (large.path,),
            )
    stages = track.large_stages.known()
    yield from twice(track.large_stages.path, stages or [])
    if stages and stages[0] == "presentation" and "document" in stages:
        yield Mistake(
            track.large_stages.path,
            "서류 평가가 발표 평가 뒤에 있습니다. [document, presentation] 순서로 적으십시오.",
            "the document stage comes after the presentation. Write [document, presentation].",
        )
    yield from out_of_order(track.body_pages_about, track.large_body_pages_about)
