"""Members, invitations and contacts: who comes in, who sees whom, who may do what (MS-4)."""

import asyncio
import datetime as dt
from typing import Any

import pytest
from sqlalchemy import text

from services.intake.rules.members import code_key
from tests.services.intake.people import Office, business_no
from tests.services.intake.test_ms4_founding import founded, person
from tests.services.lists import counted, walked

CONTACT = {"name": "이둘", "email": "lee@example.kr", "phone": "010-0000-0000"}


async def invited(office: Office, who: dict[str, str], organisation_id: str, **more: Any) -> Any:
    """An invitation that somebody makes."""
    told = {"role": "investigator", **more}
    return await office.call("POST", f"/organisations/{organisation_id}/invitations", 201, who=who, json=told)


async def accept(office: Office, who: dict[str, str], code: str, status: int = 200) -> Any:
    """Somebody accepts by a code."""
    return await office.call("POST", "/invitations/accept", status, who=who, json={"code": code})


@pytest.mark.rule("MS-4")
async def test_an_invited_person_belongs_to_it_with_his_role(office: Office) -> None:
    """An investigator reads and applies, and changes neither members nor facts; the founder sees his contacts."""
    kim, lee = person(office, "kim"), person(office, "lee")
    mine = await founded(office, kim)
    made = await invited(office, kim, mine)
    await office.call("PUT", "/people/me", 200, who=lee, json=CONTACT)
    came = await accept(office, lee, made["code"])
    assert (came["organisation_id"], came["role"]) == (mine, "investigator")
    await office.call("GET", f"/organisations/{mine}", 200, who=lee)
    seen = await office.call("GET", f"/organisations/{mine}/members", 200, who=kim)
    assert [(one["subject"], one["role"], one["name"], one["phone"]) for one in seen["items"]] == [
        ("kim", "manager", "", ""),
        ("lee", "investigator", "이둘", "010-0000-0000"),
    ]
    for call in (
        ("POST", f"/organisations/{mine}/invitations", {"role": "manager"}),
        ("PUT", f"/organisations/{mine}/members/kim", {"role": "investigator", "reason": "내가 함"}),
    ):
        refused = await office.call(call[0], call[1], 403, who=lee, json=call[2])
        assert refused["code"] == "managers_only"
    await office.call("DELETE", f"/organisations/{mine}/members/kim", 403, who=lee)
    edit = {"name": "새 이름", "reason": "내가 함"}
    await office.call("PATCH", f"/organisations/{mine}", 403, who=lee, json=edit, headers={"If-Match": '"1"'})


async def test_an_invitation_serves_once_and_the_person_whom_it_names(office: Office) -> None:
    """Used twice, by a stranger, withdrawn, with a wrong code: each refusal says which; members keep their role."""
    kim, lee, park = (person(office, name) for name in ("kim", "lee", "park"))
    mine = await founded(office, kim)
    made = await invited(office, kim, mine, subject="lee", role="manager")
    assert [one["invitation_id"] for one in (await office.call("GET", "/me", 200, who=lee))["invitations"]] == [
        made["invitation_id"]
    ]
    assert (await accept(office, park, made["code"], 409))["code"] == "invitation_of_another"
    assert (await accept(office, park, "no-such-code-at-all", 422))["code"] == "invitation_unknown"
    await accept(office, lee, f" {made['code']} ")
    assert (await accept(office, lee, made["code"], 409))["code"] == "invitation_used"
    open_one = await invited(office, lee, mine, role="investigator")
    assert (await accept(office, kim, open_one["code"], 409))["code"] == "member_already"
    me = await office.call("GET", "/me", 200, who=kim)
    assert [one["role"] for one in me["organisations"]] == ["manager"]
    back = await office.call("POST", f"/invitations/{open_one['invitation_id']}/withdraw", 200, who=kim)
    assert back["state"] == "withdrawn"
    assert (await accept(office, park, open_one["code"], 409))["code"] == "invitation_withdrawn"
    await office.call("POST", f"/invitations/{made['invitation_id']}/withdraw", 404, who=park)


async def test_an_invitation_expires_to_the_instant(office: Office) -> None:
    """A microsecond before fourteen days are over it is accepted, at the instant itself it is not."""
    kim = person(office, "kim")
    mine = await founded(office, kim)
    made = [await invited(office, kim, mine) for _ in range(2)]
    ends = dt.datetime.fromisoformat(made[0]["expires_at"])
    assert ends - dt.datetime.fromisoformat(made[0]["made_at"]) == dt.timedelta(days=14)
    office.client.clock.set(ends - dt.timedelta(microseconds=1))
    await accept(office, person(office, "lee"), made[0]["code"])
    office.client.clock.set(dt.datetime.fromisoformat(made[1]["expires_at"]))
    late = await accept(office, person(office, "park"), made[1]["code"], 409)
    assert late["code"] == "invitation_expired"
    listed = await office.call("GET", f"/organisations/{mine}/invitations", 200, who=kim)
    assert [one["state"] for one in listed["items"]] == ["expired", "accepted"]


async def test_members_and_invitations_are_lists_as_all_others(office: Office) -> None:
    """Pages, orders, search and counts, for a member and for the agency; a stranger finds nothing."""
    kim = person(office, "kim")
    mine = await founded(office, kim)
    made = [await invited(office, kim, mine) for _ in range(3)]
    await accept(office, person(office, "lee"), made[0]["code"])
    await office.call("PUT", "/people/me", 200, who=person(office, "lee"), json=CONTACT)
    members, invitations = f"/organisations/{mine}/members", f"/organisations/{mine}/invitations"
    for who in (kim, office.officer):
        for sort in ("since", "-since", "name", "-name", "subject", "-subject"):
            rows = await walked(office.http, members, who, "subject", sort=sort, limit=1)
            assert sorted(rows) == ["kim", "lee"], sort
        assert await walked(office.http, members, who, "subject", q="이둘") == ["lee"]
        assert await counted(office.http, members, who) == (2, {"investigator": 1, "manager": 1})
        newest = await walked(office.http, invitations, who, "invitation_id")
        assert newest == [one["invitation_id"] for one in made[::-1]]
        assert await counted(office.http, invitations, who) == (3, {"accepted": 1, "open": 2})
    for path in (members, invitations):
        assert (await office.http.get(f"/v1{path}", headers=person(office, "park"))).status_code == 404


async def test_two_who_accept_one_invitation_at_once(office: Office) -> None:
    """Eight people hand in the same code together: one comes in."""
    kim = person(office, "kim")
    mine = await founded(office, kim)
    made = await invited(office, kim, mine)
    answers = await asyncio.gather(
        *(
            office.http.post(
                "/v1/invitations/accept", headers=person(office, f"guest-{nth}"), json={"code": made["code"]}
            )
            for nth in range(8)
        )
    )
    assert sorted(one.status_code for one in answers) == [200] + [409] * 7
    assert len((await office.call("GET", f"/organisations/{mine}/members", 200, who=kim))["items"]) == 2


async def test_the_code_of_an_invitation_is_kept_nowhere(office: Office) -> None:
    """The database holds the hash alone; the same request sent again is answered without the code."""
    kim = person(office, "kim")
    mine = await founded(office, kim)
    headers = {"Idempotency-Key": "once"}
    at, told = f"/organisations/{mine}/invitations", {"role": "manager"}
    first = await office.call("POST", at, 201, who=kim, json=told, headers=headers)
    again = await office.call("POST", at, 201, who=kim, json=told, headers=headers)
    assert (again["invitation_id"], again["code"]) == (first["invitation_id"], None)
    async with office.client.db.transaction() as tx:
        kept = (await tx.execute(text("SELECT code_sha256 FROM invitation"))).scalars().all()
        answers = (await tx.execute(text("SELECT string_agg(answer::text, '') FROM idempotency_key"))).scalar_one()
    assert kept == [code_key(first["code"])]
    assert first["code"] not in answers


async def test_the_last_who_manages_stays(office: Office) -> None:
    """He neither leaves nor steps down while nobody else manages; two who leave together leave one."""
    kim, lee = person(office, "kim"), person(office, "lee")
    mine = await founded(office, kim)
    own = f"/organisations/{mine}/members/kim"
    down = {"role": "investigator", "reason": "인사 이동"}
    assert (await office.call("DELETE", own, 409, who=kim))["code"] == "last_manager"
    assert (await office.call("PUT", own, 409, who=kim, json=down))["code"] == "last_manager"
    await office.call("PUT", own, 200, who=kim, json={**down, "role": "representative"})
    await accept(office, lee, (await invited(office, kim, mine, role="manager"))["code"])
    leaving = [
        office.http.delete(f"/v1/organisations/{mine}/members/{name}", headers=who)
        for name, who in (("kim", kim), ("lee", lee))
    ]
    assert sorted(one.status_code for one in await asyncio.gather(*leaving)) == [200, 409]


async def test_whoever_left_is_a_stranger_whatever_his_token_names(office: Office) -> None:
    """A token that still names the organisation opens nothing of it once Dure's record says that he left."""
    mine = await office.organisation()
    kim, lee = office.applicant(mine, "kim"), office.applicant(mine, "lee")
    made = await invited(office, kim, mine, role="manager")
    await accept(office, person(office, "park"), made["code"])
    await office.call("GET", f"/organisations/{mine}", 200, who=lee)
    await office.call("DELETE", f"/organisations/{mine}/members/lee", 200, who=lee)
    await office.call("GET", f"/organisations/{mine}", 404, who=lee)
    assert (await office.call("GET", "/me", 200, who=lee))["organisations"] == []


async def test_nobody_else_sees_members_invitations_or_people(office: Office) -> None:
    """Another applicant finds no member, no invitation, no version and no name; the agency does, on record."""
    kim, park = person(office, "kim"), person(office, "park")
    mine = await founded(office, kim)
    await founded(office, park, business_no=business_no(5))
    await office.call("PUT", "/people/me", 200, who=kim, json=CONTACT)
    for path in ("members", "invitations", "versions"):
        await office.call("GET", f"/organisations/{mine}/{path}", 404, who=park)
        assert await office.call("GET", f"/organisations/{mine}/{path}", 200)
    await office.call("GET", "/people", 403, who=park, params={"ids": "kim"})
    told = await office.call("GET", "/people", 200, params={"ids": "kim,nobody, kim"})
    assert [(one["id"], one["name"], one["roles"]) for one in told["items"]] == [
        ("kim", "이둘", ["applicant"]),
        ("nobody", None, []),
    ]
    assert [one["role"] for one in told["items"][0]["organisations"]] == ["manager"]
    assert "email" not in told["items"][0]
    many = ",".join(f"p{nth}" for nth in range(201))
    await office.call("GET", "/people", 422, params={"ids": many})
    history = (await office.call("GET", f"/history/organisation/{mine}", 200))["items"]
    assert {"list_members", "list_invitations", "list_organisation_versions"} <= {one["did"] for one in history}
    read = (await office.call("GET", "/history/people/kim", 200))["items"]
    assert [(one["did"], one["actor"]) for one in read] == [("tell_of_myself", "kim"), ("list_people", "officer-1")]


@pytest.mark.rule("MS-6")
async def test_append_only_rows_hold_no_contact(office: Office) -> None:
    """Neither the steps of members nor the acts hold a name, an address or a number."""
    kim = person(office, "kim")
    await founded(office, kim)
    await office.call("PUT", "/people/me", 200, who=kim, json=CONTACT)
    async with office.client.db.transaction() as tx:
        kept = "SELECT to_jsonb(m)::text FROM member_step m UNION SELECT to_jsonb(a)::text FROM act a"
        rows = (await tx.execute(text(kept))).scalars().all()
    assert rows
    assert not [row for row in rows if any(word in row for word in CONTACT.values())]
