"""Keys: texts by which a rule tells people, organisations, documents, servers and references apart (CV-9)."""

import datetime as dt
import hashlib
import unicodedata

# The ranges of Unicode's property Default_Ignorable_Code_Point, which the standard library does not tell.
_IGNORABLE_RANGES = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip


_IGNORABLE = dict.fromkeys(point for first, last in _IGNORABLE_RANGES for point in range(first, last + 1))


def fold_key(text: str) -> str:
    """CV-9: The form of a text in which two spellings of one thing are equal.

    NFKC, case folding, without white space and default-ignorable code points (zero-width characters, U+3164), then
    NFKC again. Empty where nothing remains. For comparing only: what is shown stays as it was typed. Folding a folded
    text changes nothing. `ＫＲＩ-1001` and `kri-1001` are one; `홍 길 동` in NFD and `홍길동` are one. Never raises.
    """
    folded = _visible(unicodedata.normalize("NFKC", text)).casefold()
    return _visible(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold()))


def _visible(text: str) -> str:
    """A text without default-ignorable code points and white space."""
    return "".join(text.translate(_IGNORABLE).split())


def person_key(name: str, born_on: dt.date) -> str:
    """The key under which two records are one person: SHA-256 of `folded name|birth date`, so no name is readable."""
    return hashlib.sha256(f"{fold_key(name)}|{born_on.isoformat()}".encode()).hexdigest()


def is_one_person(subject: str, other: str) -> bool:
    """Whether two tokens stand for one person (BL-13): by their subjects, however they are spelt (CV-9).

    Roles, organisations and the tokens themselves do not matter. Never raises.

    Example: `officer-1` and `Officer-1` are one person, whatever roles their tokens carry.
    """
    return fold_key(subject) == fold_key(other)
