"""Definitions as YAML files: read with the line of every place, so that a mistake is told with file and line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from libs.common.definition.mistakes import DefinitionInvalid, Mistake
from libs.common.definition.programme import Programme
from libs.common.definition.reading import check_definition

FILE_BYTES_MAX = 2_000_000
DEPTH_MAX = 60


@dataclass(frozen=True, slots=True)
class PlacedMistake:
    """A mistake with the line at which it stands, counted from 1."""

    line: int
    mistake: Mistake


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What a check found: the programme where it could be read, and every mistake by line."""

    programme: Programme | None
    mistakes: tuple[PlacedMistake, ...]


class _Loader(yaml.SafeLoader):
    """YAML's plain values; days and instants stay text, so that a wrong one is told by its path."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _number(loader: _Loader, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_int(node)
    except ValueError:  # too many digits for a number: told as what it is, a text
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:int", _number)


def load_definition(path: Path) -> Programme:
    """Read and check a definition file. Raises DefinitionInvalid with every mistake, for broken YAML too."""
    checked = check_file(path)
    if checked.mistakes or checked.programme is None:
        raise DefinitionInvalid([placed.mistake for placed in checked.mistakes])
    return checked.programme


def check_file(path: Path) -> CheckedFile:
    """Every mistake of a file with its line: of YAML, of single places, of pairs and of names.

    Raises OSError where the file cannot be read.
    """
    try:
        tree, root = _parse(path.read_bytes())
    except yaml.MarkedYAMLError as error:
        return _broken(error.problem_mark.line + 1 if error.problem_mark else 1, error.problem or "")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return _broken(1, str(error).partition("\n")[0])
    programme, mistakes = check_definition(tree)
    lines = dict(_lines(root))
    placed = [PlacedMistake(_line(lines, mistake), mistake) for mistake in mistakes]
    placed += _written_twice(root)
    return CheckedFile(programme, tuple(sorted(placed, key=lambda one: (one.line, one.mistake.path))))


def _parse(content: bytes) -> tuple[Any, yaml.Node | None]:
    if len(content) > FILE_BYTES_MAX:
        raise ValueError(f"more than {FILE_BYTES_MAX:,} bytes")
    loader = _Loader(content.decode("utf-8-sig"))
    try:
        root = loader.get_single_node()
        if root is not None:
            _bound_depth(root)
        return (None if root is None else loader.construct_document(root)), root
    finally:
        loader.dispose()


def _bound_depth(node: yaml.Node, depth: int = 0) -> None:
    """Refuse what is nested without end, also by an anchor that holds itself, or by many that hold each other."""
    if depth > DEPTH_MAX:
        raise ValueError(f"nested deeper than {DEPTH_MAX}")
    for child in _children(node):
        _bound_depth(child, depth + 1)


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield from (child for _, child in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _broken(line: int, reason: str) -> CheckedFile:
    mistake = Mistake(
        "",
        f"YAML로 읽을 수 없습니다({reason}). 이 줄의 들여쓰기, 따옴표, 괄호를 고치십시오.",
        f"cannot be read as YAML ({reason}). Correct the indentation, quotation marks or brackets at this line.",
    )
    return CheckedFile(None, (PlacedMistake(line, mistake),))


def _lines(node: yaml.Node | None, pointer: str = "") -> Iterator[tuple[str, int]]:
    """The line of every place, by JSON pointer; a field's is that of its name."""
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            at = f"{pointer}/{_escaped(key)}"
            yield at, key.start_mark.line + 1
            yield from _lines(child, at)
    elif isinstance(node, yaml.SequenceNode):
        for place, child in enumerate(node.value):
            yield f"{pointer}/{place}", child.start_mark.line + 1
            yield from _lines(child, f"{pointer}/{place}")


def _escaped(key: yaml.Node) -> str:
    return str(key.value).replace("~", "~0").replace("/", "~1")


def _line(lines: dict[str, int], mistake: Mistake) -> int:
    """The line of a mistake's place, or of the nearest place around it."""
    pointer = mistake.field().pointer
    while pointer and pointer not in lines:
        pointer = pointer.rpartition("/")[0]
    return lines.get(f"{pointer}/is", lines.get(pointer, 1))


def _written_twice(node: yaml.Node | None, path: str = "") -> Iterator[PlacedMistake]:
    """Names that a mapping gives twice: YAML would keep the last and say nothing."""
    if isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, child in node.value:
            at = f"{path}.{key.value}".lstrip(".")
            line = key.start_mark.line + 1
            if str(key.value) in first:
                yield PlacedMistake(line, _twice(at, first[str(key.value)]))
            first.setdefault(str(key.value), line)
            yield from _written_twice(child, at)
    elif isinstance(node, yaml.SequenceNode):
        for place, child in enumerate(node.value):
            yield from _written_twice(child, f"{path}.{place}".lstrip("."))


def _twice(path: str, line: int) -> Mistake:
    return Mistake(
        path,
        f"{line}번째 줄에 이미 있는 이름입니다. 둘 가운데 하나를 지우십시오.",
        f"stands already at line {line}. Remove one of the two.",
    )
