"""F-07: One unreadable usage event costs itself alone; the others of its batch are recorded."""

import json
from typing import Any

import pytest

from libs.common.errors import Invalid
from services.metering.routes.usage_document import read_batch
from services.metering.routes.usage_items import split_items
from tests.services.metering.meters import Metering, kst, usage_item

GOOD = usage_item("e-1", kst(1, 10))
LAST = usage_item("e-3", kst(1, 12))


def batch_with(text: str, place: str = "evidence") -> bytes:
    """Three items; in the middle one this JSON text stands at a place."""
    bad: dict[str, Any] = usage_item("e-2", kst(1, 11))
    (bad if place in bad else bad["data"])[place] = "@"
    return json.dumps([GOOD, bad, LAST]).replace('"@"', text).encode("utf-8", "surrogatepass")


UNREADABLE = {
    "half a character": (batch_with('"\\ud83d"'), "e-2", "저장할 수 없는 문자"),
    "half a character and more": (batch_with('"\\ud83dxyz"'), "e-2", "저장할 수 없는 문자"),
    "the other half": (batch_with('"\\ude00"'), "e-2", "저장할 수 없는 문자"),
    "half a character as id": (batch_with('"\\ud83d"', "id"), "?", "저장할 수 없는 문자"),
    "NUL": (batch_with('"a\\u0000"'), "e-2", "저장할 수 없는 문자"),
    "half a character in bytes": (batch_with('"\ud83d"'), "e-2", "UTF-8"),
    "no UTF-8": (batch_with('"@@"').replace(b"@@", b"\xff"), "e-2", "UTF-8"),
    "NaN": (batch_with("NaN", "utilisation_pct"), "e-2", "JSON"),
    "Infinity": (batch_with("-Infinity", "units"), "e-2", "JSON"),
    "1e400": (batch_with("1e400", "units"), "e-2", "data.units: 너무 큽니다"),
    "twenty digits": (batch_with("1" + "0" * 19, "units"), "e-2", ""),
    "five thousand digits": (batch_with("9" * 5_000, "held_s"), "e-2", "data.held_s: "),
    "five thousand digits beside half a character": (
        batch_with('"\\ud83d", "more": ' + "9" * 5_000),
        "e-2",
        "저장할 수 없는 문자",
    ),
    "year 1": (batch_with('"0001-01-01T00:00:00+09:00"', "hour"), "e-2", ""),
    "year 9999": (batch_with('"9999-12-31T23:00:00-09:00"', "hour"), "e-2", ""),
    "no field that must be": (batch_with('"x", "colour": 1'), "e-2", "data.colour: 여기에 없는 항목"),
    "a number for a text": (batch_with("5"), "e-2", "data.evidence: 글이 아닙니다. 적을 것: 500자 이하의 글"),
}


@pytest.mark.parametrize("why", UNREADABLE)
async def test_f_07_an_unreadable_item_costs_itself_alone(service_client, why: str) -> None:
    """F-07: The item is rejected with its place, its id where it has one, and words; its neighbours are accepted."""
    body, event_id, tells = UNREADABLE[why]
    metering = Metering(await service_client("metering"))
    await metering.open(kst(5, month=11))
    await metering.place()
    await metering.assign(kst(1, 10))
    headers = {**metering.provider(), "Content-Type": "application/json"}
    answer = await metering.http.post("/v1/usage?items=all", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    told = {item["index"]: item for item in answer.json()["items"]}
    assert {index: item["outcome"] for index, item in told.items()} == {0: "accepted", 1: "rejected", 2: "accepted"}
    assert (told[1]["id"], told[1]["rule_id"]) == (event_id, "MT-1")
    assert tells in told[1]["messages"]["ko"]
    assert "Expected" not in told[1]["messages"]["ko"] + told[1]["messages"]["en"]


async def test_f_07_a_conflict_beside_half_a_character_is_kept_as_it_came(service_client) -> None:
    """F-07: Where the batch can only be taken apart slowly, a conflicting item's own text is still what is kept."""
    metering = Metering(await service_client("metering"))
    await metering.open(kst(5, month=11))
    await metering.place()
    await metering.assign(kst(1, 10))
    await metering.post(GOOD)
    headers = {**metering.provider(), "Content-Type": "application/json"}
    other = json.dumps([usage_item("e-1", kst(1, 10), held_s=1800), usage_item("e-2", kst(1, 11), evidence="@")])
    answer = await metering.http.post("/v1/usage", content=other.replace("@", "\\ud83d"), headers=headers)
    assert [item["outcome"] for item in answer.json()["items"]] == ["conflict", "rejected"], answer.text
    kept = (await metering.http.get("/v1/usage/conflicts", headers=metering.officer())).json()["items"]
    assert json.loads(kept[0]["document"])["data"]["held_s"] == 1800


async def test_f_07_a_byte_order_mark_before_a_batch_is_passed_over(service_client) -> None:
    """F-07: Usage after a BOM is recorded as without it."""
    metering = Metering(await service_client("metering"))
    await metering.open(kst(5, month=11))
    await metering.place()
    await metering.assign(kst(1, 10))
    headers = {**metering.provider(), "Content-Type": "application/json"}
    answer = await metering.http.post(
        "/v1/usage", content=b"\xef\xbb\xbf" + json.dumps([GOOD]).encode(), headers=headers
    )
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1), answer.text


NO_ARRAY = {
    "an object": b"{}",
    "cut off": b"[{}",
    "a comma at the end": b'["\\ud83d",]',
    "a comma at the beginning": b'[,"\\ud83d"]',
    "no comma": b'["\\ud83d" 1]',
    "more behind it": b'["\\ud83d"] 1',
    "two arrays": b'["\\ud83d"][]',
    "a control character": b'["\x01"]',
    "deep": b"[" * 100_000,
    "deep in an item": b'[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
    "nothing": b"",
}


@pytest.mark.parametrize("why", NO_ARRAY)
def test_f_07_what_is_no_array_is_refused_whole(why: str) -> None:
    """F-07: A body that cannot be taken apart is 422 as a whole, never a fault."""
    with pytest.raises(Invalid, match="usage_batch_malformed"):
        read_batch(NO_ARRAY[why], "alpha")


@pytest.mark.parametrize("text", ["[]", " [ ] ", "[1]", '[ 1 , "a" ,[2], {"b": "\\ud83d"} ]\n'])
def test_f_07_the_slow_way_takes_apart_what_json_takes(text: str) -> None:
    """F-07: Items are cut where JSON cuts them, white space or not."""
    assert [json.loads(item) for item in split_items(text.encode())] == json.loads(text)
