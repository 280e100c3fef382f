"""What people made is kept: their first change takes the mark away under which a demo may throw the data away."""

from starlette.types import ASGIApp, Receive, Scope, Send

from libs.embedded.home import Home

READING = ("GET", "HEAD", "OPTIONS")
PLAYED = b"x-dure-demo"
"""The header of the demo's own requests."""


class KeepWhatPeopleMake:
    """Around the whole application: a request that may change something and is not the demo's takes the mark away."""

    def __init__(self, app: ASGIApp, home: Home) -> None:
        self.app = app
        self._home = home
        self._marked = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if self._marked and _is_a_persons_change(scope):
            self._home.demo_marker.unlink(missing_ok=True)
            self._marked = False
        await self.app(scope, receive, send)


def _is_a_persons_change(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] in READING:
        return False
    return all(name != PLAYED for name, _ in scope["headers"])
