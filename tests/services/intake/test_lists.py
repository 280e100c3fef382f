"""Lists of intake that people work with: found, in every order, counted, as a file; nobody finds what is another's."""

import csv
import io
import unicodedata
from typing import Any

import pytest
import pytest_asyncio
from fastapi.dependencies.utils import get_flat_params
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from services.intake.__main__ import SERVICE
from tests.services.intake.people import P0, Office
from tests.services.lists import counted, statements, walked

BAN = {"kind": "default", "from": "2025-01-01", "source": "NTIS 2025"}
AWARD = {"programme_code": P0, "government": True, "year": 2024}
FORMULA = '=HYPERLINK("http://a.test","한글")'


@pytest_asyncio.fixture
async def told(office: Office) -> dict[str, Any]:
    """Three organisations with a draft each, the third submitted; a ban, an award, a claim."""
    houses = [
        await office.organisation(name="누리연구소"),
        await office.organisation(name=unicodedata.normalize("NFD", "가람 대학교")),
        await office.organisation(name="ＡＢＣ 클라우드"),
    ]
    titles = ("의료 영상", "번역 모형", FORMULA)
    drafts = [
        await office.draft(one, title=title, units=nth + 1)
        for nth, (one, title) in enumerate(zip(houses, titles, strict=True))
    ]
    await office.documents(drafts[2])
    await office.call("POST", f"/applications/{drafts[2]}/submit", 200)
    ban = await office.call("POST", f"/organisations/{houses[0]}/restrictions", 201, json=BAN)
    award = await office.call("POST", f"/organisations/{houses[1]}/awards", 201, json=AWARD)
    number = (await office.call("GET", f"/organisations/{houses[0]}", 200))["business_no"]
    body = {"business_no": number, "reason": "당사 번호"}
    claim = await office.call("POST", "/organisation-claims", 201, who=office.applicant("", "lee"), json=body)
    return {"houses": houses, "drafts": drafts, "ban": ban["id"], "award": award["id"], "claim": claim["claim_id"]}


def officer(office: Office) -> dict[str, str]:
    headers: dict[str, str] = office.client.as_("officer", subject="officer-1")
    return headers


async def test_applications_are_found_and_named(office: Office, told: dict[str, Any]) -> None:
    """By part of a title, a name in NFD, a business number with or without hyphens, a receipt; names beside ids."""
    first, second, third = told["drafts"]
    house = await office.call("GET", f"/organisations/{told['houses'][1]}", 200)
    receipt = (await office.call("GET", f"/applications/{third}", 200))["receipt_no"]
    for q, found in {
        "의료영상": [first],
        "가람대학교": [second],
        "abc 클라": [third],
        house["business_no"]: [second],
        house["business_no_printed"]: [second],
        receipt: [third],
        first.lower(): [first],
        "없는 이름": [],
    }.items():
        assert await walked(office.http, "/applications", officer(office), "application_id", q=q) == found, q
    (shown,) = (await office.call("GET", "/applications", 200, params={"ids": second}))["items"]
    assert (unicodedata.normalize("NFC", shown["organisation_name"]), shown["business_no"]) == (
        "가람 대학교", house["business_no"],
    )  # fmt: skip
    assert shown["programme_name"]["ko"].startswith("추경")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/applications", "application_id"),
        ("/organisations", "organisation_id"),
        ("/organisation-claims", "claim_id"),
        ("/restrictions", "restriction_id"),
        ("/awards", "award_id"),
        ("/providers", "provider_id"),
        ("/provider-checks", "check_id"),
        ("/provider-agreements", "application_id"),
        ("/key-collisions", "id"),
        ("/programmes", "code"),
    ],
)
async def test_every_order_of_every_list_goes_on_over_its_pages(
    office: Office, told: dict[str, Any], path: str, field: str
) -> None:
    """Each order that a list offers: the same rows, none twice, none left out, and backwards the other way round."""
    for _ in range(2):  # so that no list of facts fits one page
        await office.call("POST", f"/organisations/{told['houses'][2]}/restrictions", 201, json=BAN)
        await office.call("POST", f"/organisations/{told['houses'][2]}/awards", 201, json=AWARD)
    who = officer(office)
    rows = await walked(office.http, path, who, field)
    for sort in orders_of(path):
        there = await walked(office.http, path, who, field, sort=sort)
        back = await walked(office.http, path, who, field, sort=f"-{sort}")
        assert (sorted(map(str, there)), back) == (sorted(map(str, rows)), there[::-1]), sort
    assert (await counted(office.http, path, who))[0] == len(rows)


def orders_of(path: str) -> list[str]:
    """The orders that a list offers."""
    (route,) = [r for router in SERVICE.routers for r in router.routes if r.path == f"/v1{path}" and "GET" in r.methods]
    (sort,) = [one for one in get_flat_params(route.dependant) if one.alias == "sort"]
    return [name for name in sort.field_info.json_schema_extra["enum"] if not name.startswith("-")]


async def test_counts_are_by_state_and_narrowed(office: Office, told: dict[str, Any]) -> None:
    """Counts are of all pages, by state, of what the filters, `q` and `ids` leave; days of receipt are half-open."""
    who = officer(office)
    assert await counted(office.http, "/applications", who) == (3, {"draft": 2, "submitted": 1})
    assert await counted(office.http, "/applications", who, q="의료") == (1, {"draft": 1})
    assert await counted(office.http, "/applications", who, state="submitted") == (1, {"submitted": 1})
    at = (await office.call("GET", f"/applications/{told['drafts'][2]}", 200))["received_at"]
    assert (await counted(office.http, "/applications", who, received_from=at))[0] == 1
    assert (await counted(office.http, "/applications", who, received_to=at))[0] == 0
    assert await counted(office.http, "/restrictions", who) == (1, {"standing": 1})
    assert await counted(office.http, "/organisation-claims", who) == (1, {"open": 1})
    assert await counted(office.http, "/organisations", who) == (3, {"sme": 3})
    assert await counted(office.http, "/programmes", who) == (1, {"open": 1})


async def test_an_applicant_finds_and_counts_its_own_alone(office: Office, told: dict[str, Any]) -> None:
    """Whatever `q`, `ids` and `count` say: another's applications and organisations are neither shown nor counted."""
    me, (own, other, _) = office.applicant(told["houses"][0]), told["drafts"]
    for asked in ({"q": "번역"}, {"q": "가람"}, {"ids": other}, {"organisation_id": told["houses"][1]}):
        assert await walked(office.http, "/applications", me, "application_id", **asked) == []
        assert await counted(office.http, "/applications", me, **asked) == (0, {})
    assert await counted(office.http, "/applications", me) == (1, {"draft": 1})
    assert await walked(office.http, "/applications", me, "application_id", ids=f"{own},{other}") == [own]
    for asked in ({"q": "가람"}, {"ids": told["houses"][1]}):
        assert await counted(office.http, "/organisations", me, **asked) == (0, {})
    exported = await office.http.get("/v1/applications/export", headers=me)
    assert [row[0] for row in csv.reader(io.StringIO(exported.content.decode("utf-8-sig")))][1:] == [own]


async def test_a_claimant_finds_no_claim_by_what_he_is_not_told(office: Office, told: dict[str, Any]) -> None:
    """Neither by the organisation's name nor its number; the agency does, and is told the name."""
    lee, stranger = office.applicant("", "lee"), office.applicant("", "kim")
    house = await office.call("GET", f"/organisations/{told['houses'][0]}", 200)
    for q in ("누리", house["business_no"], told["houses"][0]):
        assert await counted(office.http, "/organisation-claims", lee, q=q) == (0, {}), q
        assert (await counted(office.http, "/organisation-claims", officer(office), q=q))[0] == 1, q
    assert await walked(office.http, "/organisation-claims", lee, "organisation_name") == [None]
    assert await walked(office.http, "/organisation-claims", officer(office), "organisation_name") == ["누리연구소"]
    assert await counted(office.http, "/organisation-claims", stranger, ids=told["claim"]) == (0, {})


async def test_a_programme_that_was_never_opened_is_found_by_the_agency_alone(office: Office) -> None:
    """Its name is in no applicant's list, search or count."""
    definition = (await office.call("GET", f"/programmes/{P0}", 200))["definition"]
    name = {"ko": "비밀 공모", "en": "a secret call"}
    await office.call("POST", "/programmes", 201, json={**definition, "code": "secret-call", "name": name})
    me = office.applicant("O-000001")
    assert await walked(office.http, "/programmes", me, "code", q="비밀") == []
    assert await counted(office.http, "/programmes", me) == (1, {"open": 1})
    assert await walked(office.http, "/programmes", officer(office), "code", q="비밀공모") == ["secret-call"]


async def test_lists_need_at_most_five_statements(office: Office, told: dict[str, Any]) -> None:
    """With counts, names and the note of who read it, whoever asks."""
    for who in (officer(office), office.applicant(told["houses"][0])):
        for path in ("/applications", "/organisations", "/organisation-claims", "/provider-agreements"):
            with statements(office.client) as asked:
                await counted(office.http, path, who)
            assert len(asked) <= 5, (path, asked)
    for path in ("/restrictions", "/awards", "/provider-checks", "/providers", "/key-collisions", "/programmes"):
        with statements(office.client) as asked:
            await counted(office.http, path, officer(office))
        assert len(asked) <= 5, (path, asked)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
async def test_a_list_is_exported_as_it_is_narrowed(office: Office, told: dict[str, Any], file_format: str) -> None:
    """Korean headers, Hangul, states in words; a title that begins like a formula is text, and who read it is kept."""
    params = {"format": file_format, "sort": "-units"}
    answer = await office.http.get("/v1/applications/export", params=params, headers=officer(office))
    assert answer.status_code == 200, answer.text
    if file_format == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    listed = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [one["신청 번호"] for one in listed] == told["drafts"][::-1]
    assert [one["과제명"] for one in listed] == [f"'{FORMULA}", "번역 모형", "의료 영상"]
    assert [one["상태"] for one in listed] == ["접수됨", "작성 중", "작성 중"]
    assert listed[2]["기관명"] == "누리연구소"
    async with office.client.db.transaction() as tx:
        read = await tx.execute(text("SELECT thing_id FROM act WHERE did = 'export_applications' ORDER BY thing_id"))
        assert list(read.scalars()) == told["drafts"]


@pytest.mark.parametrize(
    ("path", "header", "held"),
    [
        ("/organisations", "기관명", "누리연구소"),
        ("/restrictions", "기관명", "누리연구소"),
        ("/awards", "사업 코드", P0),
    ],
)
async def test_other_lists_of_an_office_are_exported(
    office: Office, told: dict[str, Any], path: str, header: str, held: str
) -> None:
    """Organisations, restrictions and awards are files, too."""
    answer = await office.http.get(f"/v1{path}/export", headers=officer(office))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert held in [row[rows[0].index(header)] for row in rows[1:]]
    assert (await office.http.get(f"/v1{path}/export", headers=office.client.as_("reviewer"))).status_code == 403
