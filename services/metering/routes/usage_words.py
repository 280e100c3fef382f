"""What the compiled decoder finds wrong with an item, in the words of any wrong field (MT-1, F-61)."""

import re

from libs.common.bounds import Expected
from libs.common.errors import Refusal, WrongField
from libs.common.wrong_fields import OTHER, wrong_field

PLACE = re.compile(r"(?s)(.*) - at `\$\.?(.*)`")
OF_TYPE = {
    "int": "not_a_whole_number",
    "float": "not_a_number",
    "str": "not_a_text",
    "object": "not_an_object",
    "array": "not_a_list",
}
FORMS = (
    (re.compile(r"Object missing required field `(?P<name>.*)`"), "required"),
    (re.compile(r"Object contains unknown field `(?P<name>.*)`"), "unknown"),
    (re.compile(r"Expected `str` of length >="), "too_short"),
    (re.compile(r"Expected `str` of length <="), "too_long"),
    (re.compile(r"Invalid enum value"), "not_one_of"),
    (re.compile(r"Number out of range"), "too_large"),
    (re.compile(r"surrogate|truncated"), "forbidden_character"),
)
_TEXT = Expected("1~100자의 글", "1 to 100 characters of text")
WRITE: dict[str, Expected] = {
    "": Expected("CloudEvents 1.0 객체", "a CloudEvents 1.0 object"),
    "specversion": Expected('"1.0"', '"1.0"'),
    "id": Expected("1~200자의 글", "1 to 200 characters of text"),
    "source": Expected('"/providers/<공급사 코드>"', '"/providers/<provider\'s code>"'),
    "type": Expected('"kr.dure.usage.reported.v1"', '"kr.dure.usage.reported.v1"'),
    "subject": Expected("grant_id와 같은 글", "the same as grant_id"),
    "time": Expected("40자 이하의 시각", "an instant of at most 40 characters"),
    "datacontenttype": Expected('"application/json"', '"application/json"'),
    "data": Expected(
        "항목들: grant_id, session_id, hour, units, held_s, utilisation_pct, evidence, corrects",
        "the fields grant_id, session_id, hour, units, held_s, utilisation_pct, evidence, corrects",
    ),
    "data.grant_id": _TEXT,
    "data.session_id": _TEXT,
    "data.hour": Expected("정시의 시각(예: 2025-10-01T01:00:00Z)", "a full hour, such as 2025-10-01T01:00:00Z"),
    "data.units": Expected("0 이상 100,000 이하의 정수", "a whole number from 0 to 100,000"),
    "data.held_s": Expected("0 이상 3,600 이하의 정수, 단위: 초", "a whole number from 0 to 3,600, in seconds"),
    "data.utilisation_pct": Expected("0 이상 100 이하의 수, 단위: %", "a number from 0 to 100, in per cent"),
    "data.evidence": Expected("500자 이하의 글", "at most 500 characters of text"),
    "data.corrects": Expected("고칠 이벤트의 id(1~200자)", "the id of the event that it corrects, 1 to 200 characters"),
}
"""What belongs at each place of an item."""


def malformed(error: Exception) -> Refusal:
    """MT-1's refusal of an item that cannot be read: which field, what is wrong and what to write. Never raises."""
    if isinstance(error, UnicodeDecodeError):
        return _refusal(wrong_field("not_utf8", []))
    if isinstance(error, RecursionError):
        return _refusal(wrong_field("too_deep", [], write=Expected("64겹", "64 levels")))
    found = PLACE.fullmatch(str(error))
    what, path = (found[1], found[2]) if found else (str(error), "")
    return _refusal(_told(what, path))


def forbidden_character() -> Refusal:
    """MT-1's refusal of an item with NUL or half of a character."""
    return _refusal(wrong_field("forbidden_character", []))


def _told(what: str, path: str) -> WrongField:
    steps = path.split(".") if path else []
    for form, code in FORMS:
        if found := form.search(what):
            name = found.groupdict().get("name")
            where = [*steps, name] if name else steps
            return wrong_field(code, where, write=WRITE.get(".".join(steps if code == "unknown" else where), WRITE[""]))
    kind = re.match(r"Expected `(\w+)", what)
    code = OF_TYPE.get(kind[1], OTHER) if kind else OTHER if path else "not_json"
    return wrong_field(code, steps, write=WRITE.get(path, WRITE[""]))


def _refusal(wrong: WrongField) -> Refusal:
    at = f"{wrong.path}: " if wrong.path else ""
    return Refusal("MT-1", "usage_item_malformed", {"places": f"{at}{wrong.en}", "places_ko": f"{at}{wrong.ko}"})
