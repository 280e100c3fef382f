"""How the commands speak to the running server: REST with a token of the embedded issuer, like anybody else."""

from typing import Any

from libs.embedded.home import Home, Running
from libs.embedded.terminal import fail

TIMEOUT_S = 120


def running_or_fail(home: Home) -> Running:
    """The running server; without one the command ends with a sentence."""
    running = home.running()
    if running is None:
        fail("서버가 돌고 있지 않습니다. 먼저 ./dure up", "Dure is not running: start it with ./dure up")
    return running


def call(method: str, path: str, *, role: str = "operator", json: Any = None, params: Any = None) -> Any:
    """Ask the running server and give the decoded answer; a problem ends the command with its own words."""
    import httpx  # noqa: PLC0415  (a tenth of a second, for commands that speak to a server only)

    from libs.embedded.issuer import Issuer  # noqa: PLC0415

    home = Home.here()
    running = running_or_fail(home)
    token = Issuer.open(home.key).token(role, subject="dure-cli")
    try:
        answer = httpx.request(
            method,
            running.url + path,
            json=json,
            params=params,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_S,
            trust_env=False,  # a proxy has nothing to do with this machine's own server
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
