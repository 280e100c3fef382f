"""Definitions as YAML files: every mistake of a file at once, each with its line and column."""

from dataclasses import dataclass
from pathlib import Path

from libs.common.definition.mistakes import DefinitionInvalid, Mistake
from libs.common.definition.programme import Programme
from libs.common.definition.reading import check_definition
from libs.common.definition.yaml_tree import At, Twice, Unreadable, YamlTree, read_yaml

FILE_BYTES_MAX = 1_000_000
"""The shipped definitions have 15,000 bytes each."""
START = At(1, 1)
ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class PlacedMistake:
    """A mistake with the line and the column at which it stands, counted from 1."""

    at: At
    mistake: Mistake


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What a check found: the programme where it could be read, and every mistake by its place."""

    programme: Programme | None
    mistakes: tuple[PlacedMistake, ...]


def load_definition(path: Path) -> Programme:
    """Read and check a definition file. Raises DefinitionInvalid with every mistake, for broken YAML too."""
    checked = check_file(path)
    if checked.mistakes or checked.programme is None:
        raise DefinitionInvalid([placed.mistake for placed in checked.mistakes])
    return checked.programme


def definition_files(path: Path) -> tuple[Path, ...]:
    """The definitions in a folder and below it, by name; for anything else the path itself."""
    if not path.is_dir():
        return (path,)
    return tuple(sorted(one for one in path.rglob("*") if one.suffix in ENDINGS and not one.is_dir()))


def check_file(path: Path) -> CheckedFile:
    """Every mistake of a file: of YAML, of single places, of pairs and of names. Never raises."""
    try:
        return _check_tree(read_yaml(_content(path)))
    except Unreadable as error:
        mistake = Mistake("", f"{error.ko}.", f"{error.en}.", code="unreadable")
        return CheckedFile(None, (PlacedMistake(error.at, mistake),))


def _content(path: Path) -> bytes:
    """The bytes of a file. Raises Unreadable for one that is missing, no file or too large, before it is read."""
    try:
        if not path.exists():
            raise Unreadable(START, "파일이 없습니다. 이름을 확인하십시오", "does not exist. Check its name")
        if not path.is_file():
            raise Unreadable(START, "파일이 아닙니다. YAML 파일을 적으십시오", "is no file. Name a YAML file")
        if (size := path.stat().st_size) > FILE_BYTES_MAX:
            raise Unreadable(
                START,
                f"너무 큽니다({size:,}바이트). {FILE_BYTES_MAX:,}바이트 이하로 줄이십시오",
                f"is too large ({size:,} bytes). Make it at most {FILE_BYTES_MAX:,} bytes",
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:  # a name with NUL is a ValueError
        reason = getattr(error, "strerror", None) or str(error)
        raise Unreadable(START, f"읽을 수 없습니다({reason})", f"cannot be read ({reason})") from error


def _check_tree(tree: YamlTree) -> CheckedFile:
    if tree.value is None:
        raise Unreadable(
            START,
            "비어 있습니다. programmes/에 있는 정의를 베껴 시작하십시오",
            "is empty. Begin with a copy of a definition in programmes/",
        )
    programme, mistakes = check_definition(tree.value)
    placed = [PlacedMistake(_place(tree.places, mistake), mistake) for mistake in mistakes]
    placed += [PlacedMistake(one.at, _written_twice(one)) for one in tree.twice]
    return CheckedFile(programme, tuple(sorted(placed, key=lambda one: (one.at, one.mistake.path))))


def _place(places: dict[str, At], mistake: Mistake) -> At:
    """A mistake's place, or the nearest around it."""
    pointer = mistake.field().pointer
    while pointer and pointer not in places:
        pointer = pointer.rpartition("/")[0]
    return places.get(f"{pointer}/is", places.get(pointer, START))


def _written_twice(one: Twice) -> Mistake:
    return Mistake(
        one.path,
        f"{one.first.line}번째 줄에 이미 있는 이름입니다. 둘 가운데 하나를 지우십시오.",
        f"stands already at line {one.first.line}. Remove one of the two.",
        code="written_twice",
    )
