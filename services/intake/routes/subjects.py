"""How a list of people is asked for: subjects behind commas."""

from libs.common.bounds import Expected
from libs.common.errors import InvalidRequest
from libs.common.wrong_fields import wrong_field
from services.intake.rules.limits import is_full

SUBJECTS_MAX = 200
_WANTED = Expected(
    f"쉼표로 나눈 로그인 아이디 1~{SUBJECTS_MAX}개", f"1 to {SUBJECTS_MAX} subjects, separated by commas"
)


def subjects_of(text: str) -> tuple[str, ...]:
    """The subjects of a list, each once, in its order. Raises InvalidRequest for none and for more than 200."""
    found = tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    if not found or is_full(len(found), SUBJECTS_MAX + 1):
        raise InvalidRequest([wrong_field("too_many" if found else "too_few", ["ids"], "query", _WANTED)])
    return found
