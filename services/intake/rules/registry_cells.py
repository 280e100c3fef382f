"""How people write a day, a yes or no, a year and a kind of restriction in a sheet; which columns a registry has."""

import re
from typing import Literal

from libs.common.keys import fold_key
from libs.common.messages.vocabulary import VOCABULARY
from services.intake.rules.csv_rows import Column

_DAY = re.compile(r"([0-9]{4})\s*[-./]\s*([0-9]{1,2})\s*[-./]\s*([0-9]{1,2})\s*\.?")
_YES = {fold_key(word) for word in ("예", "y", "yes", "o", "true", "1", "승인", "해당")}
_NO = {fold_key(word) for word in ("아니요", "아니오", "n", "no", "x", "false", "0", "미승인", "비해당", "해당 없음")}
_KINDS = {fold_key(word.ko): code for code, word in VOCABULARY["kind"].items()}
_WHOSE = (
    Column("business_no", ("사업자등록번호",)),
    Column("principal_investigator_id", ("국가연구자번호",)),
    Column("name", ("연구책임자", "성명", "이름")),
    Column("born_on", ("생년월일",)),
)
COLUMNS: dict[Literal["restrictions", "awards"], tuple[Column, ...]] = {
    "restrictions": (
        *_WHOSE,
        Column("kind", ("제한 종류", "종류"), needed=True),
        Column("from", ("시작일",), needed=True),
        Column("until", ("종료일",)),
        Column("instalments_approved", ("분납 승인",)),
        Column("source", ("근거",), needed=True),
    ),
    "awards": (
        *_WHOSE,
        Column("programme_code", ("사업 코드",), needed=True),
        Column("government", ("정부 사업",), needed=True),
        Column("year", ("연도",), needed=True),
        Column("running_until", ("사용 종료일",)),
        Column("source", ("근거",)),
    ),
}
DAYS = frozenset({"from", "until", "running_until", "born_on"})
FLAGS = frozenset({"instalments_approved", "government"})


def as_written(field: str, text: str) -> str | bool | int:
    """A cell as its field takes it; what is none of it stays as it is, for the field to refuse. Never raises.

    Example: `2025. 9. 1.` → `2025-09-01`; `예` → true; `국세·지방세 체납` → `tax_arrears`.
    """
    if field in DAYS:
        found = _DAY.fullmatch(text)
        return text if found is None else f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
    if field in FLAGS:
        key = fold_key(text)
        return True if key in _YES else False if key in _NO else text
    if field == "year" and re.fullmatch(r"[0-9]{4}", text):
        return int(text)
    return _KINDS.get(fold_key(text), text) if field == "kind" else text
