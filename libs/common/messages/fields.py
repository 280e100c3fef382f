"""The one list of codes for a wrong field of a request, with what each says (F-61); `{write}` is what belongs there.

A code is stable: programs may act on it. None of these texts names what was sent.
"""

from libs.common.messages.catalogue import Message

FIELD_MESSAGES: dict[str, Message] = {
    "required": Message("빠졌습니다. 적을 것: {write}.", "This is missing. Write {write}."),
    "unknown": Message(
        "여기에 없는 항목입니다. 지우거나 이름을 고치십시오. 쓸 수 있는 것은 {write}입니다.",
        "There is no such field here. Remove it or correct its name. What may stand here: {write}.",
    ),
    "wrong_name": Message("항목의 이름으로 쓸 수 없습니다. 적을 것: {write}.", "This is no name. Write {write}."),
    "written_twice": Message(
        "같은 이름이 두 번 있습니다. 하나를 지우십시오.", "This name stands twice. Remove one of them."
    ),
    "contradiction": Message("다른 값과 맞지 않습니다.", "This does not go with another value."),
    "too_small": Message("너무 작습니다. 적을 것: {write}.", "This is too small. Write {write}."),
    "too_large": Message("너무 큽니다. 적을 것: {write}.", "This is too large. Write {write}."),
    "too_early": Message("너무 이릅니다. 적을 것: {write}.", "This is too early. Write {write}."),
    "too_late": Message("너무 늦습니다. 적을 것: {write}.", "This is too late. Write {write}."),
    "too_short": Message("너무 짧습니다. 적을 것: {write}.", "This is too short. Write {write}."),
    "too_long": Message("너무 깁니다. 적을 것: {write}.", "This is too long. Write {write}."),
    "too_few": Message("항목이 모자랍니다. 적을 것: {write}.", "There are too few items. Write {write}."),
    "too_many": Message("항목이 너무 많습니다. 적을 것: {write}.", "There are too many items. Write {write}."),
    "too_many_digits": Message(
        "자릿수가 너무 많습니다. 적을 것: {write}.", "There are too many digits. Write {write}."
    ),
    "not_a_number": Message("수가 아닙니다. 적을 것: {write}.", "This is no number. Write {write}."),
    "not_a_whole_number": Message("정수가 아닙니다. 적을 것: {write}.", "This is no whole number. Write {write}."),
    "not_a_text": Message(
        "글이 아닙니다. 적을 것: {write}(따옴표로 묶어서).", "This is no text. Write {write}, in quotation marks."
    ),
    "not_true_or_false": Message(
        "참·거짓이 아닙니다. 적을 것: {write}.", "This is neither true nor false. Write {write}."
    ),
    "not_a_date": Message("날짜나 시각이 아닙니다. 적을 것: {write}.", "This is no date or instant. Write {write}."),
    "without_offset": Message("시간대가 없습니다. 적을 것: {write}.", "This has no offset. Write {write}."),
    "not_a_list": Message("목록이 아닙니다. 적을 것: {write}.", "This is no list. Write {write}."),
    "not_an_object": Message(
        "JSON 객체가 아닙니다. 적을 것: {write}(Content-Type: application/json).",
        "This is no JSON object. Write {write} (Content-Type: application/json).",
    ),
    "not_a_file": Message("파일이 아닙니다. 파일을 붙이십시오.", "This is no file. Attach a file."),
    "not_one_of": Message(
        "쓸 수 있는 값이 아닙니다. 적을 것: {write}.", "This is not one of the values. Write {write}."
    ),
    "wrong_pattern": Message("형식이 맞지 않습니다. 적을 것: {write}.", "This has not the right form. Write {write}."),
    "nothing_visible": Message(
        "보이는 글자가 없습니다. 적을 것: {write}.", "There is no visible character in this. Write {write}."
    ),
    "nought_in_share": Message(
        "분자나 분모가 0입니다. 적을 것: {write}.", "A part of this share is nought. Write {write}."
    ),
    "forbidden_character": Message(
        "저장할 수 없는 문자(U+0000 또는 짝이 없는 대리 문자)가 있습니다. 그 문자를 지우십시오.",
        "This holds a character that cannot be kept (U+0000 or half of a surrogate pair). Remove it.",
    ),
    "not_finite": Message(
        "수의 범위를 벗어났습니다. NaN, Infinity와 너무 큰 수는 쓸 수 없습니다.",
        "This number is out of every range. NaN, Infinity and numbers without end cannot be used.",
    ),
    "too_deep": Message("너무 깊게 겹쳐 있습니다({write}까지).", "This is nested too deeply (at most {write})."),
    "not_json": Message("JSON이 아닙니다. JSON 문서 하나를 보내십시오.", "This is not JSON. Send one JSON document."),
    "not_utf8": Message("UTF-8로 된 글이 아닙니다. UTF-8로 보내십시오.", "This is not UTF-8. Send it as UTF-8."),
    "not_acceptable": Message("쓸 수 없는 값입니다. 적을 것: {write}.", "This value cannot be used. Write {write}."),
}
"""Code → words. `not_acceptable` is said of whatever has no better code."""
