"""Gathers what the demo's report shows, from the services and from the story itself."""

from collections import Counter
from typing import Any

from demo.call import kst
from demo.story import Story
from demo.summary import cards_in_use, summarise, waits_s

PROOFS = {"proved": "증명됨", "undecided": "증명하지 못함"}
START, END = kst("2025-10-01 00:00"), kst("2026-01-01 00:00")


def told_of(story: Story, seconds: float, rss_mb: int) -> dict[str, Any]:
    """Everything that `report.write_report` wants to know."""
    api, p0, p1 = story.api, story.p0, story.p1
    codes = [p0.outcome.code, p1.outcome.code]
    summary = summarise(api, codes, seconds, rss_mb)
    sessions = p1.sessions()
    grants = [*p0.grants(), *p1.grants()]
    return {
        "summary": summary,
        "seed": story.plan.seed,
        "made_at": api.now.isoformat(),
        "story": story.told,
        "values": [{"programme": o.code, **value} for o in (p0.outcome, p1.outcome) for value in o.values],
        "cards": cards_in_use(grants, sessions, _capacity(story), START, END),
        "waits_s": waits_s(sessions),
        "wait_limit_s": _wait_limit_s(story),
        "refusals": _refusals(story),
        "placements": [_placement(one) for one in story.placements],
        "explained": _explained(story),
        "ineligible": _ineligible(story),
        "promoted": _promoted(story),
        "settlement_sha256": {one["id"]: one["sha256"] for one in api.all("/billing/v1/settlements")},
    }


def _wait_limit_s(story: Story) -> int:
    definition = story.api.get(f"/intake/v1/programmes/{story.p1.outcome.code}")["definition"]
    return int(definition["metering"]["wait_limit_s"]["is"])


def _capacity(story: Story) -> dict[str, int]:
    capacity: Counter[str] = Counter()
    for supply in story.supplies():
        capacity[supply.provider_id] += supply.cards
    return dict(capacity)


def _refusals(story: Story) -> list[dict[str, Any]]:
    counted: Counter[tuple[str, str, str]] = Counter()
    words: dict[tuple[str, str, str], dict[str, str]] = {}
    for outcome in (story.p0.outcome, story.p1.outcome):
        for special, problem in outcome.refused:
            kind = (outcome.code, special, problem["code"])
            counted[kind] += 1
            words.setdefault(kind, problem["messages"])
    return [
        {
            "programme": programme,
            "special": special,
            "code": code,
            **words[programme, special, code],
            "count": count,
        }
        for (programme, special, code), count in sorted(counted.items())
    ]


def _placement(one: dict[str, Any]) -> dict[str, Any]:
    unplaced = [line for line in one["lines"] if not line["placed"]]
    reasons = [
        {
            "ko": f"{line['grant_id']}: 막은 한도 {line['limit_reached']}, {PROOFS.get(line['proof'], line['proof'])}",
            "en": f"{line['grant_id']}: stopped by {line['limit_reached']}, {line['proof']}",
        }
        for line in unplaced
    ]
    return {
        "programme": one["programme"],
        "placed": one["placed"],
        "unplaced": one["unplaced"],
        "proven": one["proven"],
        "reasons": reasons,
    }


def _explained(story: Story) -> dict[str, Any] | None:
    """A discount line of P1, explained; failing that, any line."""
    api = story.api
    for programme in (story.p1.outcome.code, story.p0.outcome.code):
        for settlement in api.all("/billing/v1/settlements", params={"programme": programme}):
            lines = api.get(f"/billing/v1/settlements/{settlement['id']}")["lines"]
            chosen = next((line for line in lines if line["amount_krw"] < 0), None)
            if chosen is not None:
                path = f"/billing/v1/settlements/{settlement['id']}/lines/{chosen['line']}/explain"
                return _sentences(settlement["id"], api.get(path))
    return None


def _sentences(settlement_id: str, told: dict[str, Any]) -> dict[str, Any]:
    rules = ", ".join(told["rule_ids"])
    return {
        "settlement": settlement_id,
        "line": told["line"]["line"],
        "ko": [told["formula"]["ko"], f"근거 규칙 {rules}", f"사용 내역서 {told['statement_id']}"],
        "en": [told["formula"]["en"], f"by rules {rules}", f"from statement {told['statement_id']}"],
        "amounts": {"uncut_krw": told["uncut_krw"], "amount_krw": told["amount_krw"]},
    }


def _ineligible(story: Story) -> list[dict[str, Any]]:
    """Which rules failed applications, with the words of one of them."""
    counted: Counter[str] = Counter()
    words: dict[str, dict[str, str]] = {}
    for application_id in story.p0.outcome.submitted:
        screening = story.api.get(f"/intake/v1/applications/{application_id}/screening")
        if screening["outcome"] != "fail":
            continue
        failed = {verdict["rule_id"] for verdict in screening["verdicts"] if verdict["outcome"] == "fail"}
        counted.update(failed)
        for finding in screening["findings"]:
            if finding["rule_id"] in failed and finding["outcome"] != "pass":
                words.setdefault(finding["rule_id"], finding["reason"])
    none = {"ko": "담당자 판단", "en": "an officer's decision"}
    return [{"rule_id": rule, "count": count, **words.get(rule, none)} for rule, count in sorted(counted.items())]


def _promoted(story: Story) -> list[dict[str, Any]]:
    promoted = []
    for selection_id in story.p0.outcome.selections.values():
        for row in story.api.get(f"/review/v1/selections/{selection_id}")["rows"]:
            if row.get("promoted"):
                name = story.p0.outcome.submitted[row["application_id"]].name
                told = {"ko": f"{row['rank']}위에서 선정", "en": f"selected from rank {row['rank']}"}
                promoted.append({"application_id": row["application_id"], "name": name, **told})
    return promoted
