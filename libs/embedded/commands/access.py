"""`dure token` prints a token for this machine; `dure clock` shows and sets the clock."""

import datetime as dt
import re
from typing import Annotated

import typer

from libs.embedded.home import Home
from libs.operator.server import call
from libs.operator.terminal import JSON_HELP, emit, fail, say

KST = dt.timezone(dt.timedelta(hours=9))
DURATION = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
clock_app = typer.Typer(no_args_is_help=True, help="서버의 시각 보기와 바꾸기 · show or set the server's time.")
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


def token(
    role: Annotated[str, typer.Option(help="역할 · role: applicant, reviewer, officer, operator, provider, auditor")],
    org: Annotated[str, typer.Option(help="기관 번호 또는 공급사 코드 · organisation id or provider code")] = "",
    subject: Annotated[str, typer.Option(help="사용자 이름 · who the caller is, such as a reviewer's id")] = "",
    hours: Annotated[int, typer.Option(min=1, max=24 * 365, help="유효 시간 · valid for so many hours")] = 24,
    json: Json = False,
) -> None:
    """내장 발급자의 접근 토큰을 출력합니다 · print an access token of the embedded issuer."""
    # cryptography takes its time to load
    from libs.common.identity import ROLES  # noqa: PLC0415
    from libs.embedded.issuer import Issuer  # noqa: PLC0415

    if role not in ROLES:
        fail(f"역할 '{role}'은(는) 없습니다", f"there is no role '{role}', only {', '.join(ROLES)}", 2)
    if role in ("applicant", "provider") and not org:
        fail("신청자와 공급사는 --org 가 필요합니다", "applicants and providers need --org", 2)
    signed = Issuer.open(Home.here().key).token(role, organisation_id=org, subject=subject, valid_s=hours * 3600)
    if json:
        emit({"token": signed, "role": role, "organisation_id": org, "valid_s": hours * 3600})
    else:
        say(signed)


@clock_app.command("show")
def show(json: Json = False) -> None:
    """서버의 지금 시각 · the server's present time."""
    _tell(call("GET", "/embedded/v1/clock"), json)


@clock_app.command("set")
def set_clock(
    instant: Annotated[
        str, typer.Argument(help="예: 2025-10-01T09:00 (한국 시각) · ISO instant, KST unless it says else")
    ],
    json: Json = False,
) -> None:
    """그 시각에 멈춰 세웁니다 · stand at this instant."""
    try:
        at = dt.datetime.fromisoformat(instant)
    except ValueError:
        fail(f"시각으로 읽을 수 없습니다: {instant}", f"not an instant: {instant} (such as 2025-10-01T09:00)", 2)
    at = at if at.tzinfo else at.replace(tzinfo=KST)
    _tell(call("PUT", "/embedded/v1/clock", json={"at": at.isoformat()}), json)


@clock_app.command("advance")
def advance(
    duration: Annotated[str, typer.Argument(help="예: 90m, 8h, 1d12h, 2w · how far ahead")],
    json: Json = False,
) -> None:
    """앞으로 돌립니다 · move it ahead."""
    match = DURATION.fullmatch(duration)
    if not duration or match is None:
        fail(f"기간으로 읽을 수 없습니다: {duration}", f"not a duration: {duration} (such as 90m, 8h, 1d12h, 2w)", 2)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    now = dt.datetime.fromisoformat(call("GET", "/embedded/v1/clock")["now"])
    try:
        at = now + dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        fail(f"너무 먼 시각입니다: {duration}", f"beyond every year: {duration}", 2)
    _tell(call("PUT", "/embedded/v1/clock", json={"at": at.isoformat()}), json)


@clock_app.command("real")
def real(json: Json = False) -> None:
    """실제 시각으로 되돌립니다 · go back to the machine's own time."""
    _tell(call("PUT", "/embedded/v1/clock", json={"at": None}), json)


def _tell(clock: dict[str, object], json: bool) -> None:
    if json:
        emit(clock)
        return
    now = dt.datetime.fromisoformat(str(clock["now"])).astimezone(KST)
    how = "멈춘 시각 · simulated" if clock["simulated"] else "실제 시각 · real"
    say(f"{now:%Y-%m-%d %H:%M:%S} KST ({how})")
