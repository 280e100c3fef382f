"""`./dure demo` as its user runs it: both programmes, from the call to the last settlement, through REST."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.intake.routes.organisations import RegisterOrganisation
from tests.embedded.test_cli import Dure

ROOT = Path(__file__).resolve().parents[2]
DAYS = "5"
LIMIT_S = 1500


def run_demo(home: Path, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run the demo in a home of its own; returns what it printed and the document behind its report."""
    command = [sys.executable, "-P", "-m", "tools.cli", "demo", "--exit", "--json", "--port", "0"]
    done = subprocess.run(
        [*command, "--days", DAYS, "--seed", str(seed)],
        cwd=ROOT,
        env={**os.environ, "DURE_HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout), json.loads((home / "report" / "report.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo is run once."""
    return tmp_path_factory.mktemp("first home")


@pytest.fixture(scope="module")
def played(first_home: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The demo, run once."""
    return run_demo(first_home, 7)


pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * LIMIT_S)]


def test_every_programme_goes_all_the_way(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Applications become active grants in both programmes; late, ineligible and promoted ones are among P0's."""
    p0, p1 = played[0]["programmes"]
    assert p0["applications"] > p0["passed"] >= p0["selected"] >= p0["placed"] >= p0["active"] > 0
    assert (p0["refused_late"], p0["promoted"]) == (3, 1)
    assert p0["ineligible"] >= 7
    assert (p1["selected"], p1["placed"], p1["active"]) == (60, 60, 60)


def test_fee_is_what_is_charged_and_what_is_paid(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """In every settlement fee = charge − discount − deduction = self-payment + subsidy + uncovered."""
    settlements = played[0]["settlements"]
    assert {(s["programme"], s["month"]) for s in settlements} >= {
        ("gpu-rental-2025s", "2025-10"),
        ("gpu-rental-2025s", "2025-12"),
        ("hpc-2025-gpu", "2025-10"),
    }
    for one in settlements:
        assert one["fee_krw"] == one["charge_krw"] - one["discount_krw"] - one["deduction_krw"]
        assert one["fee_krw"] == one["self_payment_krw"] + one["subsidy_krw"] + one["uncovered_krw"]
    assert any(one["deduction_krw"] > 0 for one in settlements)


def test_nothing_is_lost_and_the_ledger_balances(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Σ of the ledger is 0, no event died, every request for a session has its end."""
    summary = played[0]
    assert summary["ledger"]["entries"] > 0
    assert summary["ledger"]["sum_krw"] == 0
    assert summary["events"]["dead"] == 0
    sessions = summary["sessions"]
    assert sessions["requested"] >= sessions["refused"] + sessions["assigned"] + sessions["withdrawn"]
    assert summary["usage"]["duplicates"] > 0
    assert summary["usage"]["corrections"] == 2


def test_the_same_seed_settles_byte_for_byte_the_same(
    played: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    """A second run of the same seed ends in the same statements and the same canonical settlements, by their hashes."""
    again = run_demo(tmp_path / "second home", 7)
    assert again[0]["settlements"] == played[0]["settlements"]
    assert again[1]["settlement_sha256"] == played[1]["settlement_sha256"]


def test_f_52_what_a_person_made_after_a_demo_is_kept_by_the_next(
    played: tuple[dict[str, Any], dict[str, Any]], first_home: Path
) -> None:
    """F-52: `demo --exit`, `up`, an organisation registered, `demo`: refused with the way out, running or not."""
    assert played[0]["programmes"]
    dure = Dure(first_home)
    try:
        assert list_organisations(dure), "the demo left its own"
        with officer(dure) as http:
            registered = http.post("/intake/v1/organisations", json=ORGANISATION)
        assert registered.status_code == 201, registered.text
        for running in (True, False):
            if not running:
                assert dure("down").returncode == 0
            refused = dure.outside("demo", "--exit", "--days", DAYS)
            assert refused.returncode == 1, refused.stdout
            assert "--reset" in refused.stderr
        assert registered.json()["organisation_id"] in list_organisations(dure)
    finally:
        dure.clean_up()


ORGANISATION = RegisterOrganisation.model_json_schema()["examples"][0] | {"name": "사람이 만든 기관"}


def officer(dure: Dure) -> httpx.Client:
    """An officer at the server, which is started where none runs."""
    if dure.home.running() is None:
        started = dure("up", "--detach", "--port", "0", "--json")
        assert started.returncode == 0, started.stderr
    running = dure.home.running()
    assert running is not None
    headers = {"Authorization": f"Bearer {dure.json('token', '--role', 'officer')['token']}"}
    return httpx.Client(base_url=running.url, headers=headers, timeout=60, trust_env=False)


def list_organisations(dure: Dure) -> list[str]:
    """The ids of all organisations."""
    found: list[str] = []
    told: dict[str, Any] = {"limit": 200}
    with officer(dure) as http:
        while True:
            page = http.get("/intake/v1/organisations", params=told).json()
            found += [one["organisation_id"] for one in page["items"]]
            if not page.get("next_cursor"):
                return found
            told["cursor"] = page["next_cursor"]
