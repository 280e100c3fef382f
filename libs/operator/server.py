"""How the commands speak to the services: REST with a token, like anybody else.

Where they run and with whose token is the `Server`. In a checkout it is the one-machine Dure of this folder
(`libs/embedded`); where `DURE_API_URL` is set it is whatever answers there, with the token in `DURE_TOKEN`; in a
service's image it is that service alone, on this very machine's `DURE_PORT`.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from libs.operator.services import SERVICES
from libs.operator.terminal import fail

TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class Server:
    """Where the services answer: an address without its last slash, the token for a role, which services."""

    url: str
    token: Callable[[str], str]
    services: tuple[str, ...] = SERVICES


def from_environment() -> Server:
    """The server that the environment names; without a token in it the command ends."""
    token = os.environ.get("DURE_TOKEN", "")
    if not token:
        fail(
            "DURE_TOKEN에 접근 토큰을 넣어 주세요(기관의 인증 서버가 발급한 운영자 토큰)",
            "set DURE_TOKEN to an access token (an operator's, issued by your identity provider)",
            2,
        )
    url = os.environ.get("DURE_API_URL", "").rstrip("/")
    alone = os.environ.get("SERVICE", "")
    if url or not alone:
        return Server(url or "http://127.0.0.1:8080", lambda _: token)
    return Server(f"http://127.0.0.1:{os.environ.get('DURE_PORT', '8000')}", lambda _: token, (alone,))


_find: Callable[[], Server] = from_environment


def find_servers_by(finder: Callable[[], Server]) -> None:
    """Let another finder say where the services are, unless the environment names an address."""
    global _find
    _find = finder


def get_server() -> Server:
    """The server that the commands speak to; ends the command with a sentence where there is none."""
    return from_environment() if os.environ.get("DURE_API_URL") else _find()


def call(method: str, path: str, *, role: str = "operator", json: Any = None, params: Any = None) -> Any:
    """Ask the server and give the decoded answer; a problem ends the command with its own words."""
    import httpx  # noqa: PLC0415  (a tenth of a second, for commands that speak to a server only)

    server = get_server()
    try:
        answer = httpx.request(
            method,
            server.url + path,
            json=json,
            params=params,
            headers={"Authorization": f"Bearer {server.token(role)}"},
            timeout=TIMEOUT_S,
            trust_env=False,  # a proxy has nothing to do with one's own server
        )
    except httpx.HTTPError as error:
        fail(f"서버가 응답하지 않습니다({error!r})", f"the server does not answer ({error!r})")
    if answer.is_error:
        _explain(answer.status_code, answer.text, answer)
    return answer.json() if answer.content else None


def _explain(status: int, text: str, answer: Any) -> None:
    try:
        problem = answer.json()
        words, code = problem["messages"], problem["code"]
    except (ValueError, KeyError, TypeError):
        fail(f"서버가 거절했습니다({status})", f"the server refused ({status}): {text[:300]}")
    rule = f" [{problem['rule_id']}]" if problem.get("rule_id") else ""
    fail(f"{words['ko']} ({code}){rule}", words["en"])
