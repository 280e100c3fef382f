"""Addresses and bodies larger than any of ours, answered with the limit in the shape of every other problem."""

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.problems import MEDIA_TYPE, body_bytes_max, problem_answer

ADDRESS_BYTES_MAX = 8_192
"""Of path and query together."""


class ShortAddresses:
    """Refuses an address that is longer than any of ours (414)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        app = self.app
        if scope["type"] == "http":
            bytes_sent = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
            if bytes_sent > ADDRESS_BYTES_MAX:
                facts = {"bytes_sent": bytes_sent, "bytes_max": ADDRESS_BYTES_MAX}
                app = problem_answer(Request(scope), 414, "address_too_long", facts)
        await app(scope, receive, send)


class ProblemForLargeBody:
    """Gives the body limiter's plain-text 413 the shape of every other problem."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a plain 413 leaves as a problem."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        swallowing = False

        async def reshape(message: Message) -> None:
            nonlocal swallowing
            if message["type"] == "http.response.start" and message["status"] == 413:
                content = dict(message["headers"]).get(b"content-type", b"")
                if not content.startswith(MEDIA_TYPE.encode()):
                    swallowing = True
                    request = Request(scope)
                    answer = problem_answer(request, 413, "body_too_large", {"bytes_max": body_bytes_max(request)})
                    await send({"type": "http.response.start", "status": 413, "headers": answer.raw_headers})
                    await send({"type": "http.response.body", "body": bytes(answer.body)})
                    return
            if not swallowing:
                await send(message)

        await self.app(scope, receive, reshape)
