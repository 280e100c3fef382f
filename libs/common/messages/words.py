"""Finds the words of a code, in the caller's language; Korean unless asked otherwise."""

from collections.abc import Mapping

from libs.common.errors import Fact
from libs.common.messages.catalogue import Message
from libs.common.messages.common import MESSAGES
from libs.common.messages.facts import fill
from libs.common.messages.vocabulary import VOCABULARY

_words: dict[str, Message] = dict(MESSAGES)
"""What this process can say: the common codes, and those of every service that was built in it."""


def register(messages: Mapping[str, Message]) -> None:
    """Learn an owner's words. Raises ValueError where another owner uses a code of theirs for different words."""
    for code, message in messages.items():
        if _words.setdefault(code, message) != message:
            raise ValueError(f"code {code} has two texts")


def words_of(code: str, facts: Mapping[str, Fact]) -> dict[str, str]:
    """What a code says with these facts: `{"ko": …, "en": …}`; an unknown code says itself."""
    message = _words.get(code, Message(code, code))
    return {
        "ko": fill(message.ko, facts, "ko", VOCABULARY),
        "en": fill(message.en, facts, "en", VOCABULARY),
    }


def called(facts: str, code: str | None) -> str:
    """What a code of a closed list is called in Korean, as a file for an office says it; an unknown one says itself.

    Example: `state.application`, `eligible` → 적격.
    """
    known = VOCABULARY.get(facts, {}).get(code or "")
    return (code or "") if known is None else known.ko
