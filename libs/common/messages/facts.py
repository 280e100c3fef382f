"""Writes facts as people read them: instants in Seoul's time, won with separators, states in words, fitting particles.

The one renderer of every message. A template is plain text with `{name}` for a fact and `[[…]]` for a part that is
left out where one of its facts is empty. Korean particles stand in their double form right after a fact, such as
`{thing}은(는)`, and become the one that fits the last letter.
"""

import datetime as dt
import re
from collections.abc import Mapping
from string import Formatter
from typing import Literal, NamedTuple

from libs.common.calendar import KST
from libs.common.errors import Fact

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, Language] = ("ko", "en")


class Word(NamedTuple):
    """What a code is called, Korean first."""

    ko: str
    en: str


Vocabulary = Mapping[str, Mapping[str, Word]]
"""Fact name → code → its word. A state's may stand under `state.<thing>` as well, which is looked up first."""

NONE = Word("정해지지 않음", "not stated")
YES = Word("예", "yes")
NO = Word("아니요", "no")
WEEKDAYS = "월화수목금토일"
UNGROUPED = re.compile(r"(^|_)(id|no|year|version|round|seat|line|track|limit_s)$")
"""Numbers that name something: they take no separators."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
PARTICLE = re.compile(r"(['’\"”」』]?)(은\(는\)|을\(를\)|이\(가\)|와\(과\)|과\(와\)|\(으\)로|\(이\)라)")
PARTICLES = {
    "은(는)": "은/는", "을(를)": "을/를", "이(가)": "이/가", "와(과)": "와/과", "과(와)": "와/과", "(으)로": "으로/로",
    "(이)라": "이라/라",
}  # fmt: skip
SPOKEN = re.compile(r"(?<![^\s'’\"”」』])([^\s'’\"”」』]+)" + PARTICLE.pattern)
"""A word of a text that is written out already, with the particle left open behind it."""
BETWEEN_PARTS = re.compile(r"\W")
"""What parts a name such as `2025-10` or `H100-8`: a particle fits what is said last of it."""
OPTIONAL = re.compile(r"\[\[([^\[\]]*)\]\]")
"""A part that may be left out; it holds no bracket. (Python 3.11.2 misreads a possessive group here.)"""
LISTED = ", "


def fill(template: str, facts: Mapping[str, Fact], language: Language, vocabulary: Vocabulary) -> str:
    """A template with its facts written out. A fact that is not there stays as `{name}`; never raises for a value."""
    chosen = OPTIONAL.sub(lambda found: found[1] if _all_there(found[1], facts) else "", template)
    text, word = "", ""
    for literal, name, _, _ in Formatter().parse(chosen):
        text += _with_particle(literal, word)
        if name is not None:
            word = told(name, facts[name], facts, language, vocabulary) if name in facts else f"{{{name}}}"
            text += word
    return text


def told(name: str, value: Fact, facts: Mapping[str, Fact], language: Language, vocabulary: Vocabulary) -> str:
    """One fact as a person writes it; `facts` tell which thing a state is of."""
    if value is None:
        return _said(NONE, language)
    if isinstance(value, bool):
        return _said(YES if value else NO, language)
    if isinstance(value, int):
        return str(value) if UNGROUPED.search(name) else f"{value:,}".replace("-", "−")
    if not isinstance(value, str):
        return str(value)
    return _of_code(name, value, facts, language, vocabulary) or _of_time(value, language) or value


def _of_code(name: str, value: str, facts: Mapping[str, Fact], language: Language, vocabulary: Vocabulary) -> str:
    """The words of a code, or of several behind commas; empty where the vocabulary has no word for any of them."""
    kind = "state" if name == "allowed" else name
    known = {**vocabulary.get(kind, {}), **vocabulary.get(f"{kind}.{facts.get('thing')}", {})}
    codes = value.split(LISTED)
    if not any(code in known for code in codes):
        return ""
    return LISTED.join(_said(known[code], language) if code in known else code for code in codes)


def _of_time(value: str, language: Language) -> str:
    """Instants in Seoul's time, days or months, one or several behind commas; empty where any text is none of them."""
    said = [_of_one_time(one, language) for one in value.split(LISTED)]
    return LISTED.join(said) if all(said) else ""


def _of_one_time(value: str, language: Language) -> str:
    try:
        if INSTANT.fullmatch(value):
            instant = dt.datetime.fromisoformat(value)
            return instant_words(instant, language) if instant.tzinfo else ""
        if DAY.fullmatch(value):
            return day_words(dt.date.fromisoformat(value), language)
    except (ValueError, OverflowError):
        return ""
    if MONTH.fullmatch(value):
        year, month = value.split("-")
        return f"{year}년 {int(month)}월" if language == "ko" else f"{dt.date(int(year), int(month), 1):%B %Y}"
    return ""


def day_words(day: dt.date, language: Language) -> str:
    """`2025. 9. 15.(월)`, `15 September 2025`."""
    if language == "ko":
        return f"{day.year}. {day.month}. {day.day}.({WEEKDAYS[day.weekday()]})"
    return f"{day.day} {day:%B} {day.year}"


def instant_words(instant: dt.datetime, language: Language) -> str:
    """`2025. 9. 15.(월) 15:00`; seconds and milliseconds only where there are any."""
    seoul = instant.astimezone(KST)
    clock = f"{seoul:%H:%M}"
    if seoul.second or seoul.microsecond:
        clock += f":{seoul:%S}"
    if seoul.microsecond:
        clock += f".{seoul.microsecond // 1000:03d}"
    day = day_words(seoul.date(), language)
    return f"{day} {clock}" if language == "ko" else f"{day}, {clock} (Seoul)"


def _said(word: Word, language: Language) -> str:
    return word.ko if language == "ko" else word.en


def _all_there(part: str, facts: Mapping[str, Fact]) -> bool:
    names = [name for _, name, _, _ in Formatter().parse(part) if name is not None]
    return all(facts.get(name) not in (None, "") for name in names)


def _with_particle(literal: str, word: str) -> str:
    found = PARTICLE.match(literal)
    if not (found and word):
        return literal
    return found[1] + _fitting(word, found[2]) + literal[found.end() :]


def _fitting(word: str, open_particle: str) -> str:
    """The particle that fits a word's last letter or digit: `을` for `8080`, `를` for `alpha`."""
    from hangulpy import josa  # noqa: PLC0415 - loading it takes a tenth of a second, which no start should wait for

    said = BETWEEN_PARTS.split(word)[-1] or word
    return josa(said, PARTICLES[open_particle]).removeprefix(said)


def with_particles(text: str) -> str:
    """A Korean sentence that is written out already, each open particle replaced by the one that fits its word.

    For what is told outside the catalogues: the command line, the demonstration. Never raises.
    Example: `포트 8080을(를) 쓸 수 없습니다` → `포트 8080을 쓸 수 없습니다`.
    """
    return SPOKEN.sub(lambda found: found[1] + found[2] + _fitting(found[1], found[3]), text)
