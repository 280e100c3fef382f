"""A definition over HTTP: the mistakes that the command tells of a file, with JSON pointers (CV-10, F-01)."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from libs.common.definition.files import check_file, load_definition
from tests.services.intake.people import DEFINITION, Office

ROUTES = ("/programmes/check", "/programmes")
RAW: dict[str, tuple[str, str]] = {
    "half a letter as a name": ('{"\\ud83d": 1}', "invalid_request"),
    "half a letter as a value": ('{"code": "\\ud83d"}', "invalid_request"),
    "NUL as a name": ('{"\\u0000": 1}', "invalid_request"),
    "no number": ('{"version": NaN}', "invalid_request"),
    "a number of 400 digits": (f'{{"version": {10**400}}}', "invalid_request"),
    "a number of 10,000 digits": ('{"version": ' + "1" * 10_000 + "}", ""),
    "nested without end": ("[" * 50_000, ""),
    "nested in a field": ('{"notices": ' + '{"a": ' * 5_000 + "1" + "}" * 5_001, ""),
    "a list": ("[]", "invalid_request"),
    "null": ("null", "invalid_request"),
    "nothing": ("", "invalid_request"),
    "an empty object": ("{}", "programme_invalid"),
    "an object of 50,000 names": ("{" + ",".join(f'"n{n}": 1' for n in range(50_000)) + "}", "programme_invalid"),
}


@pytest.fixture
async def office(service_client) -> Office:
    """Intake without a programme."""
    return Office(await service_client("intake"))


def wrong_everywhere() -> dict[str, Any]:
    """P0 with mistakes of every kind, in more places than a sentence can tell."""
    tree = deepcopy(DEFINITION)
    for stated in tree["billing"]["self_payment"]["rates"].values():
        for field in ("standard_krw", "youth_krw", "public_krw"):
            stated[field] = {"is": -50_000, "source": "S0"}
    tree["billing"]["budget"]["cap_krw"]["is"] = 1_980_000_000_019_800_000_000
    tree["billing"]["budgets"] = tree["billing"]["budget"]
    tree["review"]["decimals"]["is"] = -1
    tree["allocation"]["substitutions"]["is"][0]["given"] = "H20O"
    tree["submissions_close_at"]["is"] = "2025-08-01T00:00:00+09:00"
    del tree["metering"]["wait_limit_s"]
    tree["notices"]["S 0.1"] = "x"
    tree["products"]["a/b~c"] = {"name": 1}
    for number in range(30):
        tree["tracks"][f"t{number}"] = {}
    return tree


@pytest.mark.parametrize("route", ROUTES)
async def test_f_01_http_and_command_tell_the_same_mistakes(office: Office, tmp_path: Path, route: str) -> None:
    """F-01: every mistake that the command tells of the file is in the answer, with the place as a JSON pointer."""
    tree = wrong_everywhere()
    file = tmp_path / "wrong.yaml"
    file.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), encoding="utf-8")
    found_in_file = [one.mistake for one in check_file(file).mistakes]
    of_file = {(one.path, one.field().pointer, one.code, one.ko, one.en) for one in found_in_file}
    refused = await office.call("POST", route, 422, json=tree)
    of_answer = {
        (e["path"], e["pointer"], e["code"], e["messages"]["ko"], e["messages"]["en"]) for e in refused["errors"]
    }
    assert len(of_answer) == refused["facts"]["count"] > 40
    assert of_answer == of_file
    found = {path: pointer for path, pointer, *_ in of_answer}
    assert found["billing.budget.cap_krw"] == "/billing/budget/cap_krw/is"
    assert found["allocation.substitutions.0.given"] == "/allocation/substitutions/is/0/given"
    assert any(pointer.startswith("/products/a~1b~0c/") for pointer in found.values())


async def test_f_01_each_pointer_leads_to_its_place(office: Office) -> None:
    """F-01: what a pointer names stands in what was sent, or its parent does where something is missing there."""
    tree = wrong_everywhere()
    refused = await office.call("POST", "/programmes/check", 422, json=tree)
    for error in refused["errors"]:
        *around, last = [step.replace("~1", "/").replace("~0", "~") for step in error["pointer"].split("/")[1:]]
        node: Any = tree
        for step in around:
            node = node[int(step)] if isinstance(node, list) else node[step]
        there = int(last) < len(node) if isinstance(node, list) else last in node
        assert there or error["code"] in ("required", "contradiction"), error


@pytest.mark.parametrize("route", ROUTES)
async def test_a_name_written_twice_is_told_beside_the_other_mistakes(office: Office, route: str) -> None:
    """JSON would keep the last silently: it is refused with its place, as in a file, beside all else that is wrong."""
    text = json.dumps({**DEFINITION, "version": 0})
    text = text.replace('"cap_krw":', '"cap_krw": {"is": 1, "source": "x"}, "cap_krw":', 1)
    headers = {**office.client.as_("officer"), "Content-Type": "application/json", "Idempotency-Key": f"twice {route}"}
    refused = await office.http.post(f"/v1{route}", content=text, headers=headers)
    assert refused.status_code == 422
    told = {error["pointer"]: error["code"] for error in refused.json()["errors"]}
    assert told == {"/billing/budget/cap_krw": "written_twice", "/version": "too_small"}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", RAW)
async def test_f_07_no_text_of_a_definition_is_a_servers_fault(office: Office, name: str, route: str) -> None:
    """F-07: halves of letters, endless numbers, depth and width are the caller's mistakes: 4xx with places."""
    content, code = RAW[name]
    headers = {**office.client.as_("officer"), "Content-Type": "application/json"}
    answer = await office.http.post(f"/v1{route}", content=content, headers={**headers, "Idempotency-Key": "k"})
    assert 400 <= answer.status_code < 500, answer.text[:300]
    assert not code or answer.json()["code"] == code
    assert answer.json()["errors"] or answer.status_code != 422


async def test_an_officers_value_out_of_range_is_told_with_its_place(office: Office) -> None:
    """F-01: what an officer fills in is checked as the definition is, range and pairs."""
    await office.open_programme()
    for path, value, code in (
        ("billing.budget.cap_krw", -5, "too_small"),
        ("billing.budget.cap_krw", 1_980_000_000_019_800_000_000, "too_large"),
        ("billing.self_payment.deposit_days", -3, "too_small"),
    ):
        body = {"path": path, "value": value, "reason": "시험"}
        at = {"If-Match": '"1"'}
        refused = await office.call("PUT", "/programmes/gpu-rental-2025s/values", 422, json=body, headers=at)
        assert [(one["path"], one["code"]) for one in refused["errors"]] == [(path, code)]


@pytest.mark.rule("IN-8")
async def test_what_is_said_of_some_kinds_is_said_of_kinds_that_bar(office: Office) -> None:
    """CV-10: Kinds of the private sector or of the agreement that bar nobody, and cards that are none, are told."""
    p1 = json.loads(load_definition(Path("programmes/hpc-2025-gpu.yaml")).model_dump_json(by_alias=True))
    wrong = {
        "intake.restrictions.private_kinds": ["defaults"],
        "intake.provider_call.agreement_kinds": ["tax_arrears", "tax_arrears"],
        "intake.provider_call.cards_not_alone": ["A10"],
    }
    for path, value in wrong.items():
        node = p1
        for step in path.split(".")[:-1]:
            node = node[step]
        node[path.rpartition(".")[2]] = {"is": value, "source": "시험"}
    refused = await office.call("POST", "/programmes/check", 422, json=p1)
    assert [one["path"] for one in refused["errors"]] == [
        "intake.restrictions.private_kinds.0",
        "intake.provider_call.agreement_kinds",
        "intake.provider_call.cards_not_alone.0",
    ]
    assert "혹시 'default'입니까?" in refused["errors"][0]["messages"]["ko"]
