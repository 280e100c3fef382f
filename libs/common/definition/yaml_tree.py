"""YAML read with the place of everything in it, so that a mistake is told with line and column."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from libs.common.bounds import is_storable

DEPTH_MAX = 60
VALUES_MAX = 100_000
"""Values of a file once every alias is written out; the notices have about 1,500."""


class At(NamedTuple):
    """A place in a file, both counted from 1."""

    line: int
    column: int


class Unreadable(Exception):
    """A file that is no YAML: at which place, why, and what to do about it (Korean, English)."""

    def __init__(self, at: At, ko: str, en: str) -> None:
        super().__init__(en)
        self.at, self.ko, self.en = at, ko, en


class Twice(NamedTuple):
    """A name that a mapping gives a second time, where, and where it stood first."""

    path: str
    at: At
    first: At


class YamlTree(NamedTuple):
    """What a file says, where each JSON pointer stands (a field's place is its name's), and what it says twice."""

    value: Any
    places: dict[str, At]
    twice: tuple[Twice, ...]


WHY: tuple[tuple[str, str, str], ...] = (
    ("found character '\\t'", "탭으로 들여썼습니다. 탭을 빈칸으로 바꾸십시오", "a tab indents it. Write spaces"),
    (
        "mapping values are not allowed",
        "한 줄에 콜론이 둘이거나 들여쓰기가 다릅니다. 콜론이 든 글은 따옴표로 묶으십시오",
        "a second colon in the line, or another indentation. Put a text with a colon into quotation marks",
    ),
    ("could not find expected ':'", "이름 뒤에 콜론(:)이 없습니다", "a colon is missing after the name"),
    ("found unexpected end of stream", "따옴표를 닫지 않았습니다", "quotation marks are not closed"),
    ("expected ',' or", "괄호를 닫지 않았거나 쉼표가 없습니다", "a bracket is not closed, or a comma is missing"),
    ("expected the node content", "값이 없습니다", "a value is missing"),
    ("expected <block end>", "들여쓰기가 위의 줄과 다릅니다", "the indentation differs from the lines above"),
    ("found undefined alias", "*로 가리킨 것이 앞에 없습니다", "what * names does not stand before it"),
    (
        "but found another document",
        "정의가 둘입니다. ---로 나눈 뒤쪽을 지우십시오",
        "a second document begins. Remove it",
    ),
    ("could not determine a constructor", "!로 시작하는 꼬리표는 쓸 수 없습니다", "a tag (!…) cannot be used here"),
    ("found unhashable key", "이름 자리에 목록이 있습니다", "a list stands where a name belongs"),
)
"""What the parser calls it → what it means to somebody who wrote the file."""


class _Loader(yaml.SafeLoader):
    """YAML's plain values, not nested without end; days and instants stay text: a wrong one is told by its path."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """The next node. Raises Unreadable where it stands too deep."""
        if self.depth >= DEPTH_MAX:
            here = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise Unreadable(_marked(here), *_too_deep())
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


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


def read_yaml(content: bytes) -> YamlTree:
    """The one document of a file. Raises Unreadable."""
    text = _decoded(content)
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        raise Unreadable(
            _at(text[: error.position]),
            f"쓸 수 없는 글자(U+{error.character:04X})가 있습니다. 그 글자를 지우십시오",
            f"holds a character that cannot be used (U+{error.character:04X}). Remove it",
        ) from error
    try:
        return _read(loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(At(1, 1) if mark is None else _marked(mark), *_why(error.problem or "")) from error
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(_marked(loader.get_mark()), *_why(str(error).partition("\n")[0])) from error
    finally:
        loader.dispose()


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = _at(content[: error.start].decode("utf-8", "replace"))
        raise Unreadable(
            at,
            "UTF-8이 아닙니다. 편집기에서 인코딩을 UTF-8로 골라 다시 저장하십시오",
            "is not UTF-8. Save the file again with the encoding UTF-8",
        ) from error


def _read(loader: _Loader) -> YamlTree:
    root = loader.get_single_node()
    if root is None:
        return YamlTree(None, {}, ())
    _bound(root, {})
    twice = tuple(_twice(root))  # before `<<` puts the names of another mapping beside a mapping's own
    value = loader.construct_document(root)
    return YamlTree(value, dict(_places(root)), twice)


class _Extent(NamedTuple):
    """How many values a node stands for with its aliases written out, and how deep it is."""

    values: int
    depth: int


def _bound(node: yaml.Node, known: dict[int, _Extent], depth: int = 1) -> _Extent:
    """The extent of a node; each is looked at once, however often aliases repeat it.

    Raises Unreadable for what is too much, nested without end (an anchor that holds itself), or holds half a letter.
    """
    if isinstance(node, yaml.ScalarNode) and not is_storable(node.value):
        raise Unreadable(
            _marked(node.start_mark),
            "반쪽 글자(\\ud800 따위)나 NUL이 있습니다. 그 글자를 지우십시오",
            "holds half of a letter (such as \\ud800) or NUL. Remove it",
        )
    if id(node) not in known and depth <= DEPTH_MAX:
        inner = [_bound(child, known, depth + 1) for child in _children(node)]
        known[id(node)] = _Extent(
            1 + sum(one.values for one in inner), 1 + max((one.depth for one in inner), default=0)
        )
    extent = known.get(id(node))
    if extent is None or depth + extent.depth > DEPTH_MAX + 1:
        raise Unreadable(_marked(node.start_mark), *_too_deep())
    if extent.values > VALUES_MAX:
        raise Unreadable(
            _marked(node.start_mark),
            f"값이 {VALUES_MAX:,}개보다 많습니다. *로 되풀이한 것을 줄이십시오",
            f"holds more than {VALUES_MAX:,} values. Repeat less with *",
        )
    return extent


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield from (one for pair in node.value for one in pair)
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _too_deep() -> tuple[str, str]:
    return f"{DEPTH_MAX}단계보다 깊습니다. 덜 겹쳐 적으십시오", f"is nested deeper than {DEPTH_MAX}. Nest less"


def _why(problem: str) -> tuple[str, str]:
    for sign, ko, en in WHY:
        if sign in problem:
            return ko, en
    return (
        f"YAML로 읽을 수 없습니다({problem}). 이 줄의 들여쓰기, 따옴표, 괄호를 고치십시오",
        f"cannot be read as YAML ({problem}). Correct the indentation, quotation marks or brackets at this line",
    )


def _places(node: yaml.Node, pointer: str = "") -> Iterator[tuple[str, At]]:
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            at = f"{pointer}/{str(key.value).replace('~', '~0').replace('/', '~1')}"
            yield at, _marked(key.start_mark)
            yield from _places(child, at)
    elif isinstance(node, yaml.SequenceNode):
        for place, child in enumerate(node.value):
            yield f"{pointer}/{place}", _marked(child.start_mark)
            yield from _places(child, f"{pointer}/{place}")


def _twice(node: yaml.Node, path: str = "") -> Iterator[Twice]:
    if isinstance(node, yaml.MappingNode):
        first: dict[str, At] = {}
        for key, child in node.value:
            name, here = f"{path}.{key.value}".lstrip("."), _marked(key.start_mark)
            if str(key.value) in first:
                yield Twice(name, here, first[str(key.value)])
            first.setdefault(str(key.value), here)
            yield from _twice(child, name)
    elif isinstance(node, yaml.SequenceNode):
        for place, child in enumerate(node.value):
            yield from _twice(child, f"{path}.{place}".lstrip("."))


def _marked(mark: yaml.Mark) -> At:
    return At(mark.line + 1, mark.column + 1)


def _at(before: str) -> At:
    """The place right behind a text."""
    return At(before.count("\n") + 1, len(before) - before.rfind("\n"))
