"""What must agree about whom a call asks, and which calls it belongs to."""

from collections.abc import Iterator

from libs.common.definition.mistakes import Mistake
from libs.common.definition.pairs.wording import twice
from libs.common.definition.programme import GRANTING, Programme


def contradictions(programme: Programme) -> Iterator[Mistake]:
    """A users' call states how it grants; a providers' call says whom it serves and what bars, and has no quota."""
    yield from twice("serves", programme.serves)
    for field, named in (("serves", programme.serves), ("round_of", [programme.round_of])):
        if programme.code in named:
            yield Mistake(
                field,
                f"자기 자신({programme.code})을 가리킵니다. 다른 사업의 코드를 적으십시오.",
                f"names the call itself ({programme.code}). Write another programme's code.",
                ("code",),
            )
    yield from _users(programme) if programme.audience == "users" else _providers(programme)


def _users(programme: Programme) -> Iterator[Mistake]:
    for part in GRANTING:
        if part not in programme.model_fields_set:
            yield Mistake(
                part,
                "빠졌습니다. 사용자를 모집하는 사업은 이 항목을 적어야 합니다(공급사 모집이면 audience: providers).",
                "is missing. Write it: only a call for providers (audience: providers) may leave it out.",
                ("audience",),
                code="required",
            )
    if programme.serves:
        yield Mistake(
            "serves",
            "사용자를 모집하는 사업에는 쓸 수 없습니다. 지우거나 audience를 providers로 적으십시오.",
            "belongs to calls for providers. Remove it, or write audience: providers.",
            ("audience",),
        )


def _providers(programme: Programme) -> Iterator[Mistake]:
    if not programme.serves:
        yield Mistake(
            "serves",
            "공급사를 모집하는데 어느 사업의 공급사인지 없습니다. 사업 코드를 하나 이상 적으십시오.",
            "does not say for which programmes providers are sought. Write at least one code.",
            ("audience",),
        )
    if programme.intake.provider_call is None:
        yield Mistake(
            "intake.provider_call",
            "공급사를 모집하는데 공급사 요건이 없습니다. csap, impairment_unchecked_since 따위를 적으십시오.",
            "a call for providers does not say what it asks of them. Write csap, impairment_unchecked_since and so on.",
            ("audience",),
        )
    elif (written := programme.intake.provider_call).restrictions is not None or not written.closes_at.is_none():
        yield Mistake(
            "intake.provider_call",
            "마감과 제한은 이 공고의 submissions_close_at과 intake.restrictions에 적습니다. 여기서는 지우십시오.",
            "the call's own submissions_close_at and intake.restrictions say this. Remove it here.",
            ("audience",),
        )
    for code, track in programme.tracks.items():
        if track.quota is not None:
            yield Mistake(
                f"tracks.{code}.quota",
                "공급사 모집에는 민간·공공 비율이 없습니다. null을 적으십시오.",
                "a call for providers has no private or public share. Write null.",
                ("audience",),
            )
