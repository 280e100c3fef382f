"""`dure programme check`, through the command: every mistake at once, with its place and what to write."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
P0, P1 = (ROOT / "programmes" / f"{code}.yaml" for code in ("gpu-rental-2025s", "hpc-2025-gpu"))
WRONG = (
    ("  cap_krw: {is: 19800000000", "  cap_krw: {is: 1980000000019800000000"),
    ("deposit_days:", "deposit_day:"),
    ("\nmetering:\n", "\nmetering:\n  wait_limit_s: {is: 3, source: twice}\n"),
    ("card_type: H100\n", "card_type: H10O\n"),
)
"""F-01's doubled paste, a misspelt name, a name written twice, a card that nobody names."""
BROKEN: dict[str, tuple[bytes, tuple[int, int], str]] = {
    "colon.yaml": (b"code: a\nname: b: c\n", (2, 8), "콜론"),
    "tab.yaml": (b"code:\n\tname: x\n", (2, 1), "탭"),
    "quote.yaml": (b"code: x\nname: 'y\n", (3, 1), "따옴표"),
    "indent.yaml": (b"a:\n  - 1\n b: 2\n", (3, 2), "들여쓰기"),
    "bracket.yaml": (b"a: [1, 2\nb: 3\n", (2, 2), "괄호"),
    "alias.yaml": (b"a: *nobody\n", (1, 4), "가리킨"),
    "tag.yaml": (b"a: !!python/object:os.system x\n", (1, 4), "꼬리표"),
    "two.yaml": (b"a: 1\n---\nb: 2\n", (2, 1), "둘입니다"),
    "listed-key.yaml": (b"? [a, b]\n: c\n", (1, 3), "이름 자리"),
    "nul.yaml": (b"a: 1\nb: x\x00\n", (2, 5), "U+0000"),
    "cp949.yaml": ("code: x\nname: 이름\n".encode("cp949"), (2, 7), "UTF-8이 아닙니다"),
    "utf16.yaml": ("code: x".encode("utf-16"), (1, 1), "UTF-8이 아닙니다"),
    "empty.yaml": (b"", (1, 1), "비어 있습니다"),
    "comment.yaml": (b"# nothing yet\n", (1, 1), "비어 있습니다"),
    "list.yaml": (b"- a\n", (1, 1), "사업 정의가 아닙니다"),
    "huge.yaml": (b"a: 1\n" * 250_000, (1, 1), "너무 큽니다"),
    "bomb.yaml": (
        b"k0: &k0 [x, x]\n"
        + b"".join(b"k%d: &k%d [%s]\n" % (n, n, b",".join([b"*k%d" % (n - 1)] * 9)) for n in range(1, 40)),
        (6, 5),
        "100,000개보다 많습니다",
    ),
    "itself.yaml": (b"a: &a\n  b: *a\n", (2, 3), "단계보다 깊습니다"),
    "deep.yaml": (b"a: " + b"[" * 20_000 + b"\n", (1, 63), "단계보다 깊습니다"),
    "chain.yaml": (
        b"k0: &k0 [x]\n" + b"".join(b"k%d: &k%d [*k%d]\n" % (n, n, n - 1) for n in range(1, 500)),
        (58, 6),
        "단계보다 깊습니다",
    ),
    "half-a-letter.yaml": (b'code: x\n"\\ud83d": 1\n', (2, 1), "반쪽 글자"),
}
"""What no YAML is, by file name: its bytes, the line and the column that are told, a word of why."""


def run(*arguments: str | Path, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """The operator's command, as a person calls it in a folder."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "libs.operator", "programme", "check", *map(str, arguments)],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PATH": "/usr/bin:/bin", **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """P1 with four mistakes."""
    text = P1.read_text(encoding="utf-8")
    for right, mistaken in WRONG:
        assert text.count(right) >= 1
        text = text.replace(right, mistaken, 1)
    file = tmp_path_factory.mktemp("wrong") / "p1.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is told of a folder of broken files, and of what is no file, by file name."""
    folder = tmp_path_factory.mktemp("broken")
    for name, (content, _, _) in BROKEN.items():
        (folder / name).write_bytes(content)
    (folder / "notes.txt").write_text("not looked at")
    (folder / "sub.yaml").mkdir()
    (folder / "gone.yaml").symlink_to("nowhere")
    told = run(folder, folder / "sub.yaml", "/dev/null", P0, "--json")
    assert told.returncode == 1, told.stderr
    document: dict[str, Any] = json.loads(told.stdout)
    return {Path(file["file"]).name: file for file in document["files"]} | {"": document}


def line_of(file: Path, words: str) -> int:
    """The line on which these words stand first, from 1."""
    return next(n for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if words in line)


def test_f_01_every_mistake_is_told_at_once_with_its_place(wrong: Path) -> None:
    """F-01: the doubled paste, a misspelt name and its missing right one, a name twice, an unknown card: all told."""
    told = run(wrong, "--json")
    document = json.loads(told.stdout)
    assert (told.returncode, document["ok"], told.stderr) == (1, False, "")
    (file,) = document["files"]
    found = {one["path"]: one for one in file["mistakes"]}
    assert document["mistakes"] == len(file["mistakes"]) == len(found)
    assert set(found) == {
        "billing.budget.cap_krw",
        "billing.self_payment.deposit_day",
        "billing.self_payment.deposit_days",
        "metering.wait_limit_s",
        found_card(found),
    }
    cap = found["billing.budget.cap_krw"]
    assert cap["line"] == line_of(wrong, "cap_krw: {is: 1980000000019800000000")
    assert cap["pointer"] == "/billing/budget/cap_krw/is"
    assert cap["code"] == "too_large"
    assert "0 이상 1,000,000,000,000,000 이하의 정수" in cap["ko"]
    assert "from 0 to 1,000,000,000,000,000" in cap["en"]
    misspelt = found["billing.self_payment.deposit_day"]
    assert "혹시 'deposit_days'입니까?" in misspelt["ko"]
    assert "Did you mean 'deposit_days'?" in misspelt["en"]
    assert misspelt["line"] == line_of(wrong, "deposit_day:")
    assert "Did you mean 'H100'?" in found[found_card(found)]["en"]
    assert found["metering.wait_limit_s"]["line"] == line_of(wrong, "metering:") + 2


def found_card(found: dict[str, Any]) -> str:
    """The path at which the unknown card is told."""
    return next(path for path in found if path.endswith(".card_type"))


@pytest.mark.parametrize("width", [80, 60])
def test_an_officer_reads_it_in_a_terminal(wrong: Path, width: int) -> None:
    """Korean before English, file:line:column and path on top, no line wider than the terminal."""
    told = run(wrong.name, P0, folder=wrong.parent, COLUMNS=str(width))
    lines = told.stdout.splitlines()
    assert told.returncode == 1
    heads = [line for line in lines if line.startswith("✗ ")]
    assert len(heads) == 5
    cap = line_of(wrong, "cap_krw: {is: 1980000000019800000000")
    assert any(f"p1.yaml:{cap}:" in line for line in heads)
    assert all(columns(line) <= width for line in lines)
    at = next(n for n, line in enumerate(lines) if f"p1.yaml:{cap}:" in line)
    words = " ".join(lines[at:])
    assert words.index("값은 쓸 수 없습니다") < words.index("cannot be")
    assert "✓ " in told.stdout
    assert "파일 2개 가운데 1개에서 5곳" in told.stdout.replace("\n", " ")


def columns(line: str) -> int:
    """How many columns of a terminal a line takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_yaml_is_told_with_line_and_column(broken: dict[str, Any], name: str) -> None:
    """A broken, empty, huge, wrongly encoded or endless file is a mistake with its place, never a traceback."""
    _, place, word = BROKEN[name]
    first = broken[name]["mistakes"][0]
    assert (first["line"], first["column"]) == place
    assert word in first["ko"]
    assert first["en"]


def test_folders_missing_files_and_devices_are_told_apart(broken: dict[str, Any]) -> None:
    """A folder stands for the YAML files in it; an empty folder, a device and a link to nowhere are mistakes."""
    assert "파일이 없습니다" in broken["gone.yaml"]["mistakes"][0]["ko"]
    assert "폴더에 YAML 파일이 없습니다" in broken["sub.yaml"]["mistakes"][0]["ko"]
    assert "파일이 아닙니다" in broken["null"]["mistakes"][0]["ko"]
    assert "notes.txt" not in broken
    assert broken[P0.name]["ok"]
    assert broken[P0.name]["code"] == "gpu-rental-2025s"
    assert not broken[""]["ok"]


def test_what_would_steer_the_terminal_is_shown_as_its_escape(tmp_path: Path) -> None:
    """A name with an escape sequence in it is told with its letters, not obeyed."""
    (tmp_path / "steering.yaml").write_text('"\\e[31mred": 1\n')
    told = run(tmp_path)
    assert told.returncode == 1
    assert "\x1b" not in told.stdout
    assert "\\x1b[31mred" in told.stdout


def test_right_files_end_with_nought(tmp_path: Path) -> None:
    """All shipped definitions pass; of a single one the unset values are listed; nothing to check is a wrong call."""
    both = run(ROOT / "programmes")
    assert both.returncode == 0, both.stdout
    assert both.stdout.count("✓ ") == len(list((ROOT / "programmes").glob("*.yaml")))
    one = run(P1)
    assert one.returncode == 0
    assert "    - billing.budget.operating_krw" in one.stdout
    assert run().returncode == 2
    missing = run(P1, tmp_path / "missing.yaml")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "missing.yaml" in missing.stderr
