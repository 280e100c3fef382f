"""The codes of wrong fields, and one wrong field in words: where, what, and what to write (F-61)."""

from collections.abc import Sequence

from libs.common.bounds import Expected
from libs.common.errors import PartOfRequest, WrongField, json_pointer, printable
from libs.common.messages.facts import fill
from libs.common.messages.fields import FIELD_MESSAGES

OTHER = "not_acceptable"
NOTHING = Expected("", "")
CODES: dict[str, str] = {
    "missing": "required",
    "extra_forbidden": "unknown",
    "invalid_key": "wrong_name",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "int_parsing_size": "too_large",
    "too_short": "too_few",
    "too_long": "too_many",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "decimal_max_digits": "too_many_digits",
    "decimal_whole_digits": "too_many_digits",
    "decimal_max_places": "too_many_digits",
    "decimal_type": "not_a_number",
    "decimal_parsing": "not_a_number",
    "float_type": "not_a_number",
    "float_parsing": "not_a_number",
    "finite_number": "not_finite",
    "int_type": "not_a_whole_number",
    "int_parsing": "not_a_whole_number",
    "int_from_float": "not_a_whole_number",
    "string_type": "not_a_text",
    "string_unicode": "forbidden_character",
    "bool_type": "not_true_or_false",
    "bool_parsing": "not_true_or_false",
    "date_type": "not_a_date",
    "date_parsing": "not_a_date",
    "date_from_datetime_parsing": "not_a_date",
    "date_from_datetime_inexact": "not_a_date",
    "datetime_type": "not_a_date",
    "datetime_parsing": "not_a_date",
    "datetime_object_invalid": "not_a_date",
    "datetime_from_date_parsing": "not_a_date",
    "timezone_aware": "without_offset",
    "list_type": "not_a_list",
    "dict_type": "not_an_object",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
    "literal_error": "not_one_of",
    "string_pattern_mismatch": "wrong_pattern",
    "json_invalid": "not_json",
    "recursion_loop": "too_deep",
}
"""What the framework calls an error → our code."""


def code_of(error_type: str) -> str:
    """The code of an error of the framework; one that a check of ours raised is its own code."""
    return CODES.get(error_type, error_type if error_type in FIELD_MESSAGES else OTHER)


def wrong_field(
    code: str, steps: Sequence[str | int], part: PartOfRequest = "body", write: Expected = NOTHING
) -> WrongField:
    """A wrong place in words; `write` is what belongs there."""
    message = FIELD_MESSAGES[code]
    return WrongField(
        path=".".join(map(printable, steps)),
        pointer=json_pointer(steps),
        ko=fill(message.ko, {"write": write.ko}, "ko", {}),
        en=fill(message.en, {"write": write.en}, "en", {}),
        code=code,
        part=part,
    )
