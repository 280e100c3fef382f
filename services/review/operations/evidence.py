"""Makes the evidence pack of an announced selection, and computes one again without any service (RV-14, R12)."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.definition.reading import read_kept
from libs.common.errors import DureError, WrongState
from libs.common.nouns import read
from libs.common.programmes import programme_version
from libs.common.reckoning import reckon
from services.review.policy.panels import StageWeights
from services.review.policy.scoring import ScoringPolicy, TiePolicy
from services.review.policy.selection import SelectionPolicy, SharePolicy
from services.review.rules.packing import UnfitPackError, in_json, packed, unpacked, with_manifest
from services.review.rules.verifying import Rulebook, Version, first_difference
from services.review.store import selections
from services.review.store.composites import list_closing_versions

README = (
    "두레 선정 증빙 묶음입니다. ./dure review verify 파일.zip 으로 다시 계산하여 확인합니다.\n"
    "runs/: 발표된 판의 원본(RFC 8785), definitions/: 적용된 사업 정의, closings.json: 평가를 마감한 사업 정의의 판.\n"
    "위원은 좌석 번호로만 나옵니다.\n\n"
    "The evidence of an announced selection. ./dure review verify FILE.zip computes it again.\n"
    "runs/: the frozen versions (RFC 8785); definitions/: the programme's definitions that held; closings.json: under\n"
    "which version of the definition each stage was closed. Reviewers are seat numbers only.\n"
)


async def pack_of(tx: Tx, selection_id: str) -> bytes:
    """The evidence pack of a selection, all its announced versions. Raises NotFound, and WrongState for a draft."""
    run = await selections.get_run(tx, selection_id)
    versions = await selections.list_canonical(tx, selection_id)
    if not versions:
        raise WrongState("selection", selection_id, run.state, ["announced"])
    known = {row.application_id for row in await selections.list_rows(tx, run)}
    closings = await list_closing_versions(tx, known)
    needed = {version.programme_version for version in versions}
    needed |= {number for stages in closings.values() for number in stages.values()}
    definitions = {number: await programme_version(tx, run.programme_code, number) for number in sorted(needed)}
    told = {
        "selection_id": selection_id,
        "programme": run.programme_code,
        "versions": {str(one.run_version): one.sha256 for one in versions},
    }
    files = {f"runs/{one.run_version:06d}.json": one.canonical.encode() for one in versions}

    def pack() -> bytes:
        files.update({f"definitions/{number:06d}.json": _told(one) for number, one in definitions.items()})
        files["closings.json"] = _json(closings)
        files["README.txt"] = README.encode()
        return packed(with_manifest(files, told))

    return await reckon(tx, pack)


def _told(programme: Programme) -> bytes:
    return _json(programme.model_dump(mode="json", by_alias=True))


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def verify(data: bytes) -> tuple[Mapping[str, str], str | None]:
    """Compute a pack again: the SHA-256 of each version in it, and the first difference; None where there is none.

    Reads no service and no clock. Never raises for whatever bytes it is given.
    """
    try:
        files = unpacked(data)
        manifest = in_json(files, "manifest.json")
        return manifest["versions"], _difference(files, manifest)
    except UnfitPackError as error:
        return {}, str(error)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, StopIteration, DureError) as error:
        return {}, f"not formed as an evidence pack: {type(error).__name__}: {error}"[:500]


def _difference(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> str | None:
    versions: list[Version] = []
    books: dict[int, Programme] = {}

    def definition(number: int) -> Programme:
        if number not in books:
            books[number] = read_kept(in_json(files, f"definitions/{number:06d}.json"))
        return books[number]

    earlier: str | None = None
    for number, sha256 in sorted(manifest["versions"].items(), key=lambda pair: int(pair[0])):
        name = f"runs/{int(number):06d}.json"
        frozen = in_json(files, name)
        if hashlib.sha256(files[name]).hexdigest() != sha256:
            return f"{name}: its SHA-256 is not the announced one"
        if (frozen["selection_id"], str(frozen["run_version"])) != (manifest["selection_id"], number):
            return f"{name}: another selection or version"
        if frozen["supersedes_sha256"] != earlier:
            return f"{name}: not linked to the version before it"
        earlier = sha256
        book = _rulebook(definition(frozen["programme_version"]), frozen)
        versions.append(Version(frozen, read(SelectionPolicy, frozen["limits"]), book))
    closings = in_json(files, "closings.json")
    scoring = {
        (known, stage): ScoringPolicy.of(definition(number))
        for known, stages in closings.items()
        for stage, number in stages.items()
    }
    return first_difference(versions, scoring)


def _rulebook(programme: Programme, frozen: Mapping[str, Any]) -> Rulebook:
    policy = SelectionPolicy.of(programme, frozen["track"])
    scoring, ties = ScoringPolicy.of(programme), TiePolicy.of(programme)
    return Rulebook(scoring, ties, SharePolicy.of(programme), StageWeights.of(programme), policy)
