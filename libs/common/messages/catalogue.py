"""What each stable code says, in Korean and English. One dict per owner; placeholders are the facts' names."""

from typing import NamedTuple


class Message(NamedTuple):
    """The words of one code: Korean first, English beside it; `{name}` is filled with the fact of that name."""

    ko: str
    en: str
