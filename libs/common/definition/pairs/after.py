"""What must agree about duties after the award, messages and what publications say."""

from collections.abc import Iterator

from libs.common.definition.mistakes import Mistake
from libs.common.definition.obligations import Duty
from libs.common.definition.pairs.forms import form_mistakes
from libs.common.definition.pairs.wording import twice, unknown
from libs.common.definition.programme import Programme
from libs.common.definition.templates import EVERYWHERE, OCCASIONS, PUBLICATION, places_in


def contradictions(programme: Programme) -> Iterator[Mistake]:
    """Duties with a due date, known occasions, and in braces only what can be filled in."""
    for key, duty in programme.obligations.items():
        yield from _duty(programme, f"obligations.{key}", duty)
    for occasion, template in programme.messages.items():
        path = f"messages.{occasion}"
        yield from unknown(path, "안내", "occasion", occasion, OCCASIONS, "messages")
        known = EVERYWHERE | OCCASIONS.get(occasion, frozenset())
        for field, words in (("subject", template.subject), ("body", template.body)):
            yield from _places(f"{path}.{field}.ko", words.ko, known)
            yield from _places(f"{path}.{field}.en", words.en, known)
    sentence = programme.publication_sentence
    yield from _places(sentence.path, sentence.known() or "", PUBLICATION)


def _places(path: str, text: str, known: frozenset[str]) -> Iterator[Mistake]:
    for name in dict.fromkeys(places_in(text)):
        yield from unknown(path, "바꿔 넣을 이름", "name to fill in", name, sorted(known), "{}")
    if text.count("{") != text.count("}") or text.count("{") != len(places_in(text)):
        yield Mistake(
            path,
            "중괄호가 짝이 맞지 않습니다. {이름} 꼴로 적으십시오.",
            "the braces do not pair. Write {name}.",
        )


def _duty(programme: Programme, path: str, duty: Duty) -> Iterator[Mistake]:
    """OB-1: due once, by tracks that exist, on days after use begins; its stages and questions by themselves."""
    yield from _due(path, duty)
    printed = duty.on_days.known() or []
    yield from twice(duty.on_days.path, [day.isoformat() for day in printed])
    yield from twice(f"{path}.tracks", duty.tracks)
    for place, track in enumerate(duty.tracks):
        yield from unknown(f"{path}.tracks.{place}", "트랙", "track", track, programme.tracks, "tracks")
    for stated in (duty.missing, duty.insufficient):
        yield from twice(stated.path, stated.known() or [])
    first = programme.use_starts_on.known()
    for day in printed:
        if first and day < first:
            yield Mistake(
                duty.on_days.path,
                f"{day.isoformat()}은 사용이 시작되기 전입니다. {first.isoformat()} 이후의 날을 적으십시오.",
                f"{day.isoformat()} comes before use begins. Write a day on or after {first.isoformat()}.",
                (programme.use_starts_on.path,),
            )
    yield from _progress(path, duty)
    yield from form_mistakes(programme, duty.questions, f"{path}.questions")


def _due(path: str, duty: Duty) -> Iterator[Mistake]:
    """OB-1: a due date counted from a fact, or printed days, not both and not neither."""
    beside = (f"{path}.counted_from",)
    if duty.counted_from == "calendar":
        if duty.on_days.is_none():
            yield Mistake(
                duty.on_days.path,
                "날짜로 정한 의무에 날짜가 없습니다. 날짜를, 공고에 없으면 unset을 적으십시오.",
                "is due on printed days, and there are none. Write them, or unset where the notice prints none.",
                beside,
            )
        for stated in (duty.after_months, duty.after_days):
            if stated.known() is not None:
                yield _counted_twice(stated.path, beside)
    elif duty.on_days.known() is not None:
        yield _counted_twice(duty.on_days.path, beside)
    elif duty.after_months.is_none() and duty.after_days.is_none():
        yield Mistake(
            duty.after_days.path,
            "언제까지인지 없습니다. after_months나 after_days를, 공고에 없으면 unset을 적으십시오.",
            "has no due date. Write after_months or after_days, or unset where the notice prints none.",
            (duty.after_months.path,),
        )


def _progress(path: str, duty: Duty) -> Iterator[Mistake]:
    if duty.stages is None:
        return
    count, stated = len(duty.stages.stages), duty.stages.without_reason
    for place, stage in enumerate(stated.known() or []):
        if stage > count:
            yield Mistake(
                f"{stated.path}.{place}",
                f"단계는 {count}개입니다. 그 이하의 번호를 적으십시오.",
                f"there are {count} stages. Write at most that.",
                (f"{path}.stages.stages",),
            )


def _counted_twice(at: str, beside: tuple[str, ...]) -> Mistake:
    return Mistake(
        at,
        "기한을 두 가지로 적었습니다. counted_from에 맞는 하나만 남기고 none으로 하십시오.",
        "the due date is stated in two ways. Keep the one that goes with counted_from, and write none in the other.",
        beside,
    )
