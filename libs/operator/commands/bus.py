"""`dure bus`: what waits between the services, what was put aside, and how to send it again."""

import datetime as dt
from typing import Annotated, Any

import typer

from libs.operator.server import call, get_server
from libs.operator.services import SERVICES
from libs.operator.terminal import JSON_HELP, emit, fail, legible, say

bus_app = typer.Typer(
    no_args_is_help=True, help="서비스 사이의 이벤트 살피기 · look after the events between services."
)
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
Service = Annotated[str, typer.Option(help=f"한 서비스만 · one service only: {', '.join(SERVICES)}")]


@bus_app.command("lag")
def lag(json: Json = False) -> None:
    """서비스마다 아직 보내지 않은 이벤트 수 · events said and not yet delivered, per service."""
    document = {name: call("GET", f"/{name}/v1/operations/bus") for name in get_server().services}
    if json:
        emit(document)
        return
    for name, figures in document.items():
        standing = figures.pop("standing")
        say(f"{name:10} " + "  ".join(f"{key}={value}" for key, value in _legible(figures).items()))
        for one in standing:
            words = _legible(one)
            say(f"    {words['error_code']} {words['topic']} {words['key']} x{words['failures']} {words['since']}")
            say(f"        {words['error_detail']}")


@bus_app.command("free")
def free(
    service: Annotated[str, typer.Argument(help=f"{', '.join(SERVICES)}")],
    reason: Annotated[str, typer.Option(help="왜 · why (kept with your name)")],
    json: Json = False,
) -> None:
    """멈춘 이벤트를 따로 두어 다음 것이 처리되거나 나가게 합니다 · put aside the event at which a service stands."""
    (name,) = _named(service)
    _tell({name: call("POST", f"/{name}/v1/operations/bus/free", json={"reason": reason})}, json)


@bus_app.command("dead")
def dead(service: Service = "", json: Json = False) -> None:
    """처리하지 못해 따로 둔 이벤트 · events put aside because they cannot be handled (exit code 1 if there are any)."""
    letters = [{"service": name, **letter} for name in _named(service) for letter in _letters(name, envelopes=json)]
    if json:
        emit(letters)
    for letter in letters if not json else []:
        words = _legible(letter)
        say(f"{words['service']} #{words['id']} {words['topic']} {words['key']} {words['error_code']}")
        say(f"    {words['error_detail']}")
    if not letters and not json:
        say("없음 · none")
    raise typer.Exit(1 if letters else 0)


@bus_app.command("redrive")
def redrive(
    service: Service = "",
    letter_id: Annotated[int | None, typer.Option("--id", help="하나만 · this one only")] = None,
    json: Json = False,
) -> None:
    """따로 둔 이벤트를 다시 처리합니다 · handle the put-aside events again (exit code 1 if one fails again)."""
    if letter_id is not None and not service:
        fail("--id 에는 --service 가 필요합니다", "--id needs --service", 2)
    outcome = {}
    for name in _named(service):
        ids = [letter_id] if letter_id is not None else [letter["id"] for letter in _letters(name, envelopes=False)]
        answers = [call("POST", f"/{name}/v1/operations/dead-letters/{one}/redrive") for one in ids]
        handled = sum(answer["handled"] for answer in answers)
        outcome[name] = {"handled": handled, "failed_again": len(answers) - handled}
    _tell(outcome, json)
    raise typer.Exit(1 if any(figures["failed_again"] for figures in outcome.values()) else 0)


@bus_app.command("replay")
def replay(
    from_at: Annotated[str, typer.Option("--from", help="이 시각부터, 예: 2025-10-01 · everything said since (KST)")],
    service: Service = "",
    json: Json = False,
) -> None:
    """기록된 이벤트를 다시 보냅니다. 이미 처리한 것은 무시됩니다 · publish again; what is known is dropped."""
    try:
        at = dt.datetime.fromisoformat(from_at)
    except ValueError:
        fail(f"시각으로 읽을 수 없습니다: {from_at}", f"not an instant: {from_at} (such as 2025-10-01)", 2)
    at = at if at.tzinfo else at.replace(tzinfo=dt.timezone(dt.timedelta(hours=9)))
    body = {"from_at": at.isoformat()}
    _tell({name: call("POST", f"/{name}/v1/operations/replay", json=body) for name in _named(service)}, json)


def _letters(service: str, *, envelopes: bool) -> list[dict[str, Any]]:
    asked = {"envelopes": envelopes}
    letters: list[dict[str, Any]] = call("GET", f"/{service}/v1/operations/dead-letters", params=asked)
    return letters


def _legible(figures: dict[str, Any]) -> dict[str, str]:
    """What a service tells, as a terminal may show it: keys and errors hold what anybody wrote on a topic."""
    return {name: legible(str(value)) for name, value in figures.items()}


def _named(service: str) -> tuple[str, ...]:
    if service and service not in SERVICES:
        fail(f"서비스 '{service}'은(는) 없습니다", f"there is no service '{service}', only {', '.join(SERVICES)}", 2)
    return (service,) if service else get_server().services


def _tell(document: dict[str, Any], json: bool) -> None:
    if json:
        emit(document)
        return
    for name, figures in document.items():
        say(f"{name:10} " + "  ".join(f"{key}={value}" for key, value in _legible(figures).items()))
