"""The calls of the shipped definitions, through REST alone: from the upload to results that applicants read."""

from collections.abc import Iterator
from typing import Any

import pytest

from demo.api import Api
from demo.calls.advanced import ADVANCED
from demo.calls.npu import NPU, PLACES
from demo.calls.play import Play
from demo.calls.providers import GPU_PROVIDERS, NPU_PROVIDERS, ProvidersPlay
from demo.calls.regional import REGIONAL
from demo.calls.rental import DYNAMIC, RENTAL
from demo.fresh import fresh_server
from libs.operator.services import SERVICES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
Rows = dict[str, tuple[str, str, str | None]]


@pytest.fixture(scope="module")
def server() -> Iterator[Api]:
    """All five services, from nothing."""
    with fresh_server() as api:
        yield api


@pytest.fixture
def api(server: Api) -> Iterator[Api]:
    """The services; afterwards none of them has an event that it could not handle."""
    yield server
    buses = {name: server.get(f"/{name}/v1/operations/bus", role="operator") for name in SERVICES}
    assert {name: bus["dead_letters"] for name, bus in buses.items()} == dict.fromkeys(SERVICES, 0)


def rows_of(play: Play, announced: dict[str, dict[str, Any]]) -> Rows:
    """By short name: outcome, what stopped it, and its score."""
    names = {application_id: name for name, application_id in play.applications.items()}
    return {
        names[row["application_id"]]: (row["outcome"], row["refused_by"], row["score"])
        for selection in announced.values()
        for row in selection["rows"]
    }


def read_by_applicants(play: Play, rows: Rows) -> None:
    """What was announced is what every applicant reads of its own."""
    told = {name: play.result(name) for name in play.applications}
    assert {name: (one["outcome"], one["refused_by"], one["score"]) for name, one in told.items()} == rows


def revoke(play: Play, name: str, ground: str) -> tuple[str, str, str]:
    """Two officers revoke an award; where intake, review and the allocator stand once all have heard it."""
    at = play.applications[name]
    body = {"ground": ground, "intent_shown": False}
    play.api.two_people(f"/intake/v1/applications/{at}/revoke", body, "협약 전 제출 자료 확인")
    play.api.settle()
    paths = (f"/intake/v1/applications/{at}", f"/review/v1/results/{at}", f"/allocator/v1/grants/{at}")
    intake, review, allocator = (play.send("GET", path) for path in paths)
    return intake["state"], review["refused_by"], allocator["state"]


@pytest.mark.rule("RV-15")
def test_the_gpu_call_for_providers_ends_with_the_one_that_offers_all(api: Api) -> None:
    """S1 ①: all four products before a higher score, 80 points at least, one in principle."""
    play = ProvidersPlay(api, GPU_PROVIDERS)
    play.open()
    play.file()
    assert set(play.screen().values()) == {"eligible"}
    play.review()
    assert play.order() == {"alpha": ("technical", True), "beta": ("waiting", False), "gamma": ("waiting", False)}
    agreed = play.agree_with("alpha", 6_000, 5_500)["did"]
    assert agreed["application_id"] == play.applications["alpha"]
    assert agreed["prices_krw"] == dict.fromkeys(("A100x2", "H100x1", "H100x2", "H100x16", "A100x56"), 5_500)
    assert play.states()["alpha"] == "agreed"
    registered = api.get("/intake/v1/provider-agreements")["items"]
    assert [one["provider_id"] for one in registered] == [play.organisations[9_001]]


@pytest.mark.rule("RV-15")
def test_the_npu_call_for_providers_negotiates_by_score_alone(api: Api) -> None:
    """S1 ②: no priority of whoever offers all, several providers; the first agrees, the second begins."""
    play = ProvidersPlay(api, NPU_PROVIDERS)
    play.open()
    play.file()
    assert set(play.screen().values()) == {"eligible"}
    play.review()
    assert play.order() == {"first": ("technical", True), "second": ("waiting", False)}
    agreed = play.agree_with("first", 900_000, 850_000)["did"]
    assert agreed["prices_krw"] == dict.fromkeys(("NPU60x1", "NPU120x1", "NPU240x1"), 850_000)
    assert play.states() == {"first": "agreed", "second": "technical"}


@pytest.mark.rule("IN-13")
@pytest.mark.rule("RV-10")
@pytest.mark.rule("RV-11")
@pytest.mark.rule("IN-16")
def test_p2_divides_its_places_by_product(api: Api) -> None:
    """S3: 60/30/10 of the places, youth +1, private at least half in each product, listed models, no training."""
    play = Play(api, NPU)
    play.open()
    play.file()
    assert play.receipt("plain").startswith(b"%PDF")
    findings = {
        name: [(one["rule_id"], one["outcome"], one["code"]) for one in play.screening(name)["findings"]]
        for name in ("unlisted", "training")
    }
    assert ("IN-13", "officer", "model_not_listed") in findings["unlisted"]
    assert ("IN-13", "fail", "purpose_not_supported") in findings["training"]
    states = play.screen()
    assert [name for name, state in states.items() if state != "eligible"] == ["training"]
    play.review()

    by_share = {"60": 120, "120": 60, "240": 20}
    assert places(api) == by_share, "of the notice's 200"
    play.set_value("review.places", PLACES)
    api.settle()
    assert places(api) == {"60": 6, "120": 3, "240": 1}
    rows = rows_of(play, play.select())
    assert rows == {
        "youth": ("selected", "", "80.50"),
        "company": ("waiting", "projects", "80.00"),
        "university": ("waiting", "quota", "95.00"),
        "unlisted": ("selected", "", "80.00"),
        "training": ("refused", "screening", None),
        "plain": ("selected", "", "80.00"),
    }
    read_by_applicants(play, rows)
    (stage,) = play.result("youth")["stages"]
    assert (stage["composite"], stage["bonus"], stage["final"]) == ("79.50", "1.00", "80.50")
    assert revoke(play, "youth", "impairment") == ("revoked", "revoked", "ended"), "by the accounts of 2024 (S1 §8)"
    assert play.result("company")["outcome"] == "selected", "it moves up"


def places(api: Api) -> dict[str, int]:
    """P2's places by track."""
    pools = api.get("/review/v1/places", params={"programme": NPU.code})["pools"]
    return {pool["track"]: pool["by_share"] for pool in pools}


@pytest.mark.rule("IN-3")
@pytest.mark.rule("IN-8")
@pytest.mark.rule("IN-10")
@pytest.mark.rule("IN-15")
@pytest.mark.rule("IN-16")
def test_p3_takes_half_of_who_is_in_gwangju(api: Api) -> None:
    """S2: 6,400,000 won for eight H100 and four months, bans by the day of receipt, two applications, two persons."""
    play = Play(api, REGIONAL)
    play.open()
    play.file()
    refused = play.refused["third"]
    assert (list(play.refused), refused["rule_id"], refused["code"]) == (["third"], "IN-3", "applications_max_reached")
    barred = {
        name: [one["outcome"] for one in play.screening(name)["findings"] if one["code"] == "restriction_in_force"]
        for name in ("banned", "a_day_later")
    }
    assert barred == {"banned": ["officer"], "a_day_later": []}, "the ban ends on 5 August, before the closing"
    (same,) = [one for one in play.screening("one_person")["findings"] if one["rule_id"] == "IN-10"]
    assert (same["outcome"], same["code"]) == ("fail", "investigator_is_manager")
    states = play.screen()
    assert [name for name, state in states.items() if state != "eligible"] == ["one_person"]

    play.review()
    rows = rows_of(play, play.select())
    assert {name: row[:2] for name, row in rows.items()} == {
        "gwangju": ("selected", ""),
        "computing": ("selected", ""),
        "banned": ("selected", ""),
        "a_day_later": ("selected", ""),
        "one_person": ("refused", "screening"),
    }
    read_by_applicants(play, rows)
    assert [one["stage"] for one in play.result("computing")["stages"]] == ["document", "presentation"]

    wish = {"product": "H100x8", "units": 1, "months": 4, "public": True, "regional": True}
    preview = api.post(f"/billing/v1/public/calls/{REGIONAL.code}/cost", wish)["asked"]
    assert (preview["rate_kind"], preview["rate_krw"], preview["amount_krw"]) == ("regional", 200_000, 6_400_000)
    owed = play.agree("gwangju")
    assert (owed["due_krw"], owed["flow"], owed["covered"]) == (6_400_000, "deposit", False)
    assert play.agree("a_day_later")["due_krw"] == 12_800_000
    assert revoke(play, "gwangju", "false_statement") == ("revoked", "revoked", "ended"), "S2 asks for no intent"
    left = play.send("GET", f"/billing/v1/self-payments/{play.applications['gwangju']}")
    assert (left["state"], left["covered"]) == ("closed", False)


@pytest.mark.rule("CV-8")
def test_p1_goes_on_once_an_officer_has_set_what_no_notice_says(api: Api) -> None:
    """The user call has no notice of its own: each unset value stops the step that needs it, and nothing else."""
    play = Play(api, DYNAMIC)
    play.open()
    assert play.met == {}, "it is put in force with what is known"
    play.file()
    first = play.met["submissions_open_at"]
    assert (first["status"], first["code"], first["rule_id"]) == (409, "policy_missing", "CV-8")
    assert first["facts"] == {"programme": DYNAMIC.code, "path": "submissions_open_at"}
    assert list(play.met)[:2] == ["submissions_open_at", "submissions_close_at"]
    assert not [path for path in play.met if path.startswith("review.")]
    assert set(play.screen().values()) == {"eligible"}
    play.review()
    assert "review.threshold" in play.met
    rows = rows_of(play, play.select())
    assert rows == {
        "two_a100": ("selected", "", "82.00"),
        "one_h100": ("selected", "", "78.00"),
        "weak": ("refused", "score", "55.00"),
    }
    assert {"tracks.1.selection.budget_krw", "tracks.2.selection.budget_krw"} <= set(play.met)
    read_by_applicants(play, rows)
    in_force = api.get(f"/intake/v1/programmes/{DYNAMIC.code}")
    assert in_force["version"] == 1 + len(play.met)


@pytest.mark.rule("IN-1")
@pytest.mark.rule("RV-10")
def test_p0_from_the_upload_to_the_results(api: Api) -> None:
    """S0: nothing after 15:00, fewer than half public in track 1, document and presentation in track 2."""
    play = Play(api, RENTAL)
    play.open()
    play.file()
    assert (list(play.refused), play.refused["late"]["code"]) == (["late"], "submitted_too_late")
    assert set(play.screen().values()) == {"eligible"}
    play.review()
    rows = rows_of(play, play.select())
    assert rows == {
        "university": ("selected", "", "85.00"),
        "youth": ("selected", "", "80.00"),
        "company": ("selected", "", "75.00"),
        "weak": ("refused", "score", "65.00"),
        "servers": ("selected", "", "84.00"),
    }
    read_by_applicants(play, rows)
    assert [one["stage"] for one in play.result("servers")["stages"]] == ["document", "presentation"]


@pytest.mark.rule("IN-14")
@pytest.mark.rule("CV-8")
@pytest.mark.rule("RV-8")
def test_p4_lets_large_applications_present(api: Api) -> None:
    """S4: eight H200 servers go through both stages, two through the document stage alone, in one pool."""
    play = Play(api, ADVANCED)
    play.open()
    play.file()
    first = next(iter(play.met.values()))
    assert (first["code"], first["facts"]["path"]) == ("policy_missing", "submissions_open_at")
    assert play.receipt("large").startswith(b"%PDF")
    assert set(play.screen().values()) == {"eligible"}
    play.review()
    assert "review.rubric.goals.max" in play.met, "the points of the criteria are an officer's"
    rows = rows_of(play, play.select())
    assert rows == {
        "large": ("selected", "", "90.00"),
        "small": ("selected", "", "82.00"),
        "weak": ("refused", "score", "61.00"),
    }
    stages = {name: [one["stage"] for one in play.result(name)["stages"]] for name in play.applications}
    assert stages == {"large": ["document", "presentation"], "small": ["document"], "weak": ["document"]}
    read_by_applicants(play, rows)
    assert "tracks.H200.document_stage_may_be_skipped" not in play.met, "nobody skips a stage"
