"""`dure programme`: check a definition, open a programme."""

from pathlib import Path
from typing import Annotated

import typer

from libs.operator.server import call
from libs.operator.terminal import JSON_HELP, emit, fail, say

PROGRAMMES = Path(__file__).resolve().parents[3] / "programmes"
programme_app = typer.Typer(no_args_is_help=True, help="사업 정의 · programme definitions.")
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


@programme_app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="사업 정의 YAML · the definition's YAML file")], json: Json = False
) -> None:
    """정의를 검사하고 비어 있는 값을 보여 줍니다 · check a definition and list what it leaves unset."""
    if not file.is_file():
        fail(f"파일이 없습니다: {file}", f"no such file: {file}", 2)
    from libs.common.definition.files import load_definition  # noqa: PLC0415
    from libs.common.errors import Invalid  # noqa: PLC0415  (the definition's models take their time to load)

    try:
        programme = load_definition(file)
    except Invalid as error:
        places = str(error.facts["places"]).split("; ")
        if json:
            emit({"ok": False, "places": places})
        else:
            for place in places:
                say(f"✗ {place}")
        raise typer.Exit(1) from error
    unset = programme.unset_paths()
    if json:
        emit({"ok": True, "code": programme.code, "version": programme.version, "unset": unset})
        return
    say(f"✓ {programme.code} · {programme.name.ko} · {programme.name.en}")
    say(f"  담당자가 채울 값 {len(unset)}개 · {len(unset)} values for an officer to fill in")
    for path in unset:
        say(f"  - {path}")


@programme_app.command("open")
def open_programme(
    code: Annotated[str, typer.Argument(help="사업 코드, 예: gpu-rental-2025s · the programme's code")],
    json: Json = False,
) -> None:
    """programmes/CODE.yaml 을 올리고 공고합니다 · upload programmes/CODE.yaml and open it."""
    file = PROGRAMMES / f"{code}.yaml"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in file.parent.glob("*.yaml")))
        fail(f"'{code}' 정의가 없습니다. 있는 것: {known}", f"no definition '{code}', only {known}", 2)
    from libs.common.definition.files import load_definition  # noqa: PLC0415
    from libs.common.errors import Invalid  # noqa: PLC0415

    try:
        definition = load_definition(file).model_dump(mode="json", by_alias=True)
    except Invalid as error:
        fail(f"정의가 올바르지 않습니다: ./dure programme check {file}", f"invalid definition: {error}")
    known_codes = {item["code"] for item in call("GET", "/intake/v1/programmes", role="officer")["items"]}
    if code not in known_codes:
        call("POST", "/intake/v1/programmes", role="officer", json=definition)
    opened = call("POST", f"/intake/v1/programmes/{code}/open", role="officer")
    if json:
        emit(opened)
    else:
        say(f"공고했습니다: {code} · opened {code}")
