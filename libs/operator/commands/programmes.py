"""`dure programme`: check a definition, open a programme."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from libs.operator.server import call
from libs.operator.terminal import JSON_HELP, columns, emit, fail, legible, say, wrapped

if TYPE_CHECKING:
    from libs.common.definition.files import CheckedFile, PlacedMistake

PROGRAMMES = Path(__file__).resolve().parents[3] / "programmes"
programme_app = typer.Typer(no_args_is_help=True, help="사업 정의 · programme definitions.")
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


@programme_app.command("check")
def check(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="사업 정의 YAML 파일이나 폴더 · definition files, or folders of them"),
    ],
    json: Json = False,
) -> None:
    """정의의 잘못을 모두 한 번에, 줄 번호와 고칠 방법까지 알려 줍니다 · tell every mistake at once.

    잘못이 있으면 1로 끝납니다. 하나만 검사하면 비어 있는 값도 보여 줍니다.
    Ends with 1 where there is any. Of a single file the values that it leaves unset are listed too.
    """
    if missing := ", ".join(legible(str(path)) for path in paths if not path.exists()):
        fail(f"파일이 없습니다: {missing}", f"no such file: {missing}", 2)
    from libs.common.definition.files import check_file, definition_files  # noqa: PLC0415  (loading takes its time)

    checked: dict[Path, CheckedFile | None] = {}
    for path in paths:
        found = definition_files(path)
        checked |= {file: check_file(file) for file in found} if found else {path: None}
    files = [_file_told(path, file) for path, file in checked.items()]
    mistakes = sum(len(file["mistakes"]) for file in files)
    if json:
        emit({"ok": not mistakes, "mistakes": mistakes, "files": files})
    else:
        for line in _lines(files, mistakes):
            say(line)
    raise typer.Exit(1 if mistakes else 0)


def _file_told(path: Path, found: "CheckedFile | None") -> dict[str, Any]:
    """What the check of a file found, for programs; of a folder that holds no definition, that."""
    told: dict[str, Any] = {"file": legible(str(path)), "ok": False, "code": None, "version": None, "unset": []}
    if found is None:
        words = {"ko": "폴더에 YAML 파일이 없습니다.", "en": "the folder holds no YAML file."}
        place = {"line": 1, "column": 1, "path": "", "pointer": ""}
        return {**told, "mistakes": [{**place, "code": "unreadable", **words}]}
    if found.programme is not None and not found.mistakes:
        programme = found.programme
        told |= {"ok": True, "code": programme.code, "version": programme.version, "unset": programme.unset_paths()}
        told["name"] = {"ko": programme.name.ko, "en": programme.name.en}
    return {**told, "mistakes": [_mistake_told(placed) for placed in found.mistakes]}


def _mistake_told(placed: "PlacedMistake") -> dict[str, Any]:
    field = placed.mistake.field()
    words = {name: legible(getattr(field, name)) for name in ("path", "pointer", "code", "ko", "en")}
    return {"line": placed.at.line, "column": placed.at.column, **words}


def _lines(files: list[dict[str, Any]], mistakes: int) -> Iterator[str]:
    """What the check found, for a person: Korean first, in the width of the terminal."""
    width = columns()
    for file in files:
        for one in file["mistakes"]:
            place = f"{file['file']}:{one['line']}:{one['column']}"
            yield from wrapped(f"✗ {place} {one['path']}".rstrip(), "", width)
            yield from wrapped(one["ko"], "    ", width)
            yield from wrapped(one["en"], "    ", width)
        if file["ok"]:
            count, name = len(file["unset"]), file["name"]
            yield from wrapped(
                f"✓ {file['file']} {file['code']} · {legible(name['ko'])} · {legible(name['en'])}", "", width
            )
            yield from wrapped(f"담당자가 채울 값 {count}개 · {count} values for an officer to fill in", "    ", width)
        if len(files) == 1:
            yield from (f"    - {path}" for path in file["unset"])
    if mistakes:
        wrong = sum(not file["ok"] for file in files)
        yield ""
        ko = f"파일 {len(files)}개 가운데 {wrong}개에서 {mistakes}곳을 고쳐야 합니다"
        yield from wrapped(f"{ko} · {mistakes} mistakes in {wrong} of {len(files)} files", "", width)


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
