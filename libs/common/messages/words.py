"""Finds the words of a code, in the caller's language; Korean unless asked otherwise."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from libs.common.errors import Fact
from libs.common.messages.catalogue import Message
from libs.common.messages.facts import fill
from libs.common.messages.vocabulary import VOCABULARY

OWNERS = ("common", "intake", "review", "allocator", "metering", "billing")


@cache
def catalogue() -> dict[str, Message]:
    """Every code of the house with its words. Raises ValueError where two owners use one code for different words."""
    words: dict[str, Message] = {}
    for owner in OWNERS:
        for code, message in import_module(f"libs.common.messages.{owner}").MESSAGES.items():
            if words.setdefault(code, message) != message:
                raise ValueError(f"code {code} has two texts")
    return words


def words_of(code: str, facts: Mapping[str, Fact]) -> dict[str, str]:
    """What a code says with these facts: `{"ko": …, "en": …}`; an unknown code says itself."""
    message = catalogue().get(code, Message(code, code))
    return {
        "ko": fill(message.ko, facts, "ko", VOCABULARY),
        "en": fill(message.en, facts, "en", VOCABULARY),
    }
