"""What a stable code says, in Korean and English. Each owner has its dict of them; placeholders are facts' names."""

from typing import NamedTuple


class Message(NamedTuple):
    """The words of one code: Korean first, English beside it; `{name}` is filled with the fact of that name."""

    ko: str
    en: str
