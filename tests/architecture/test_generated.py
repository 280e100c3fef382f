"""The generated files: each is what the tree says, and what no generator makes is gone."""

from pathlib import Path

from tools.generate import ROOT, rendered, stale, write


def test_no_generated_file_is_stale() -> None:
    """Run `./dure generate` after a change of a rule, a test of a rule, or an event; it names what it wrote."""
    assert stale() == []


def test_what_is_stale_missing_or_left_over_is_named_and_mended(tmp_path: Path) -> None:
    """A tree without its documents lists them; written once, nothing is stale; a left-over schema is removed."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/rules.yaml").write_text((ROOT / "docs/rules.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert set(stale(tmp_path)) == set(rendered(tmp_path))
    write(tmp_path)
    assert stale(tmp_path) == []
    (tmp_path / "docs/events/schemas/kr.dure.gone.v1.json").write_text("{}", encoding="utf-8")
    (tmp_path / "docs/rules.md").write_text("old", encoding="utf-8")
    assert stale(tmp_path) == ["docs/events/schemas/kr.dure.gone.v1.json", "docs/rules.md"]
    write(tmp_path)
    assert stale(tmp_path) == []
