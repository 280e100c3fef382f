"""The index of rules: what it finds in a tree, and what makes it fail."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tools.generate import ROOT
from tools.rules_index import Index, build, problems, read_rules
from tools.rules_page import render

RULE = """
def trimmed_mean() -> None:
    '''RV-3: Drop one highest and one lowest. The rest counts.

    Never.
    '''
"""
TEST = 'import pytest\n\n@pytest.mark.rule("RV-3")\ndef test_drops() -> None:\n    """Shows it."""\n'
LIST = """
RV-3: {title_ko: 절사 평균, title_en: Trimmed mean, source: "S0 §5", citizen_ko: 하나씩 뺍니다., policy: [threshold]}
RV-4: {title_ko: 반올림, title_en: Rounding, source: "—", citizen_ko: 반올림합니다.}
"""
ROUTE = """
from services.review.operations import close
from libs.common.web import ServiceRouter

router = ServiceRouter(tags=[])


@router.post("/panels/{panel_id}/close")
def close_panel(panel_id: str) -> None:
    close.close(panel_id)
"""
OPERATION = """
from services.review.rules.scoring import trimmed_mean

STEPS = {"mean": trimmed_mean}


def close(panel_id: str) -> None:
    STEPS["mean"]()
"""
PROGRAMME = "code: p0\nthreshold: {is: 70, source: S0}\n"
Tree = Callable[..., Path]


@cache
def this_tree() -> Index:
    """The index of this repository, which no test changes: reading it takes seconds."""
    return build(ROOT)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Lays out a small house: the list, one rule and its test, and whatever a test adds or overwrites."""

    def lay_out(**files: str) -> Path:
        house = {
            "docs/rules.yaml": LIST,
            "services/review/rules/scoring.py": RULE,
            "services/review/operations/close.py": OPERATION,
            "services/review/routes/panels.py": ROUTE,
            "programmes/p0.yaml": PROGRAMME,
            "tests/test_scoring.py": TEST,
        }
        for name, text in (house | files).items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return tmp_path

    return lay_out


def test_a_rule_leads_to_its_code_test_and_source(tree: Tree) -> None:
    """The entry holds the first sentence, the line of code, the test and the source; an unbuilt rule is listed."""
    text = render(build(tree()))
    assert "### RV-3 · 절사 평균 · Trimmed mean\n\n> 하나씩 뺍니다.\n\nDrop one highest and one lowest.\n" in text
    assert "  - routes: `POST /review/v1/panels/{panel_id}/close`\n" in text
    assert "  - `threshold`\n    - p0: [70점](../programmes/p0.yaml#L2) (`70`)\n" in text
    assert "[services/review/rules/scoring.py:2](../services/review/rules/scoring.py#L2) `trimmed_mean`" in text
    assert "[tests/test_scoring.py::test_drops](../tests/test_scoring.py#L4)" in text
    assert text.index("Not yet built") < text.index("| RV-4 | 반올림 · Rounding | 반올림합니다. | — |  |")


def test_what_there_is_of_an_unbuilt_rule_is_found(tree: Tree) -> None:
    """A rule that is begun leads to its file and may have tests; the file must be there, and the rule not built."""
    begun, file = LIST.replace("반올림합니다.}", "반올림합니다., begun: half.py}"), "services/review/rules/half.py"
    begun = begun.replace("half.py", file)
    test = TEST.replace("RV-3", "RV-4")
    root = tree(**{"docs/rules.yaml": begun, file: "", "tests/test_half.py": test})
    assert problems(build(root)) == []
    assert f"| [{file}](../{file}) |" in render(build(root))
    (root / file).write_text(RULE.replace("RV-3", "RV-4"), encoding="utf-8")
    assert any("it is not begun any more" in sentence for sentence in problems(build(root)))
    (root / file).unlink()
    assert f"RV-4 is begun in {file}, which is not there" in problems(build(root))


def test_a_good_tree_has_no_problem_and_always_the_same_index(tree: Tree) -> None:
    """Read twice, the same bytes, no complaint."""
    root = tree()
    assert problems(build(root)) == []
    assert render(build(root)) == render(build(root))


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        pytest.param("services/billing/rules/other.py", RULE, "RV-3 has 2 homes", id="a rule with two homes"),
        pytest.param("tests/test_scoring.py", "", "RV-3 (services", id="a carried rule without a test"),
        pytest.param(
            "tests/test_more.py", TEST.replace("RV-3", "RV-99"), "shows RV-99", id="a test that names an unknown rule"
        ),
        pytest.param(
            "services/review/rules/more.py", RULE.replace("RV-3", "RV-99"), "carries RV-99", id="an unknown rule"
        ),
        pytest.param("services/review/routes/panels.py", "", "RV-3 (services", id="F-56: a home that only tests reach"),
        pytest.param(
            "programmes/p0.yaml", PROGRAMME.replace("threshold", "bar"), "no shipped programme", id="a path of nothing"
        ),
        pytest.param(
            "programmes/p1.yaml", "bonus: {is: 1, source: S3}\n", "belongs to no rule", id="a value without a rule"
        ),
    ],
)
def test_what_makes_the_build_fail(tree: Tree, name: str, text: str, complaint: str) -> None:
    """Each fault is told in a sentence that names the rule."""
    root = tree(**{name: text})
    assert any(complaint in sentence for sentence in problems(build(root)))


def test_policy_classes_and_marked_rows_are_found(tree: Tree) -> None:
    """A policy class names several rules, and a single row of a table may carry the mark."""
    row = '@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.rule("RV-4"))])\ndef test_row(x): ...\n'
    root = tree(
        **{
            "services/review/policy.py": 'class Scoring:\n    """RV-3, RV-4: trimming and decimals."""\n',
            "tests/test_rows.py": "import pytest\n\n" + row,
        }
    )
    index = build(root)
    assert [p.name for p in index.policies["RV-3"]] == [p.name for p in index.policies["RV-4"]] == ["Scoring"]
    assert [t.name for t in index.tests["RV-4"]] == ["test_row"]
    assert "- policy: [Scoring](../services/review/policy.py#L1)" in render(index)


def test_a_docstring_elsewhere_is_no_home(tree: Tree) -> None:
    """Only the rules folders hold rules: an operation may quote an id without becoming its second home."""
    assert problems(build(tree(**{"services/review/operations.py": RULE}))) == []


def test_a_decision_of_the_house_says_itself(tree: Tree) -> None:
    """A rule whose source is — shows the decision's own sentence in Korean beside it."""
    built = RULE + RULE.replace("RV-3", "RV-4").replace("trimmed_mean", "rounded")
    used = OPERATION + "\n\nfrom services.review.rules.scoring import rounded\n\nSTEPS['round'] = rounded\n"
    root = tree(
        **{
            "services/review/rules/scoring.py": built,
            "services/review/operations/close.py": used.replace('STEPS["mean"]()', 'STEPS["mean"](); rounded()'),
        }
    )
    assert "- source: — (공고에 없어 두레가 정했습니다 · decided here: 반올림합니다.)" in render(build(root))


def test_the_values_of_the_notices_are_found_by_searching_for_them() -> None:
    """70점, 만 39세, 8시간, 50 % (also typed without the space) and 720 lead to the line of a shipped programme."""
    text = render(this_tree())
    assert "50%" in text
    for words in ("70점", "만 39세", "8시간", "50 %", "720"):
        assert re.search(rf"\[[^\]]*{words}[^\]]*\]\(\.\./programmes/[\w.-]+#L\d+", text), words


def test_every_built_rule_shows_its_entry_points() -> None:
    """CV-2 … CV-8 as well: each built rule names at least one way in."""
    index = this_tree()
    assert [rule_id for rule_id in index.homes if not index.entries.get(rule_id)] == []
    assert {f"CV-{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9)} <= set(index.entries)


def test_the_list_is_whole() -> None:
    """All rules of the specification are listed, numbered without gaps, with both titles and a source."""
    rules = read_rules(ROOT)
    counts = {"CV": 10, "IN": 16, "RV": 17, "AL": 21, "MT": 12, "BL": 14, "OB": 7, "MS": 7}
    assert list(rules) == [f"{group}-{n}" for group, last in counts.items() for n in range(1, last + 1)]
    assert all(rule.title_ko and rule.title_en and rule.source for rule in rules.values())
    assert all(rule.citizen_ko.endswith((".", ")")) for rule in rules.values())


def test_this_tree_is_indexed() -> None:
    """No rule of this repository has two homes or lacks a test."""
    assert problems(this_tree()) == []
