"""The words of the codes that allocator answers."""

from libs.common.messages.catalogue import Message

MESSAGES: dict[str, Message] = {}
