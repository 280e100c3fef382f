"""From a parsed tree or a file to a programme, and an officer's value put into one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from libs.common.definition.programme import Programme
from libs.common.errors import Invalid, NotFound


def read_definition(tree: Any) -> Programme:
    """Check a parsed definition. Raises Invalid with every place that is wrong, by its path."""
    try:
        programme = Programme.model_validate(tree)
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise Invalid("programme_invalid", "CV-8", places=places) from error
    if wrong := sorted(_unknown_names(programme)):
        raise Invalid("programme_invalid", "CV-8", places="; ".join(wrong))
    return programme


def load_definition(path: Path) -> Programme:
    """Read and check a definition file. Raises Invalid for broken YAML too."""
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Invalid("programme_invalid", "CV-8", places=str(error)) from error
    return read_definition(tree)


def with_value(programme: Programme, path: str, value: Any, reason: str) -> Programme:
    """A new version in which one stated value is an officer's; `value` may be `none`.

    Raises NotFound for a path at which no value stands, and Invalid where the value is not of the path's kind.
    """
    if path not in programme.stated_values():
        raise NotFound("policy value", f"{programme.code}:{path}")
    tree = programme.as_json()
    node = tree
    *parents, leaf = path.split(".")
    for step in parents:
        node = node[step]
    node[leaf] = {"is": value, "source": f"officer: {reason}", "default": False}
    tree["version"] = programme.version + 1
    return read_definition(tree)


def _unknown_names(programme: Programme) -> Iterator[str]:
    for code, product in programme.products.items():
        if product.card_type not in programme.cards:
            yield f"products.{code}.card_type: no card {product.card_type}"
    for code, track in programme.tracks.items():
        yield from (f"tracks.{code}.products: no product {p}" for p in track.products if p not in programme.products)
    for key, document in programme.intake.documents.items():
        yield from (f"intake.documents.{key}: no track {t}" for t in document.tracks if t not in programme.tracks)
        kinds = programme.intake.applicant_kinds
        yield from (f"intake.documents.{key}: no applicant kind {k}" for k in document.kinds if k not in kinds)
    order = programme.review.tie_order.is_
    if not isinstance(order, str):
        yield from (f"review.tie_order: no criterion {c}" for c in order if c not in programme.review.rubric)
    substitutions = programme.allocation.substitutions.is_
    if not isinstance(substitutions, str):
        types = {card for s in substitutions for card in (s.asked, s.given)}
        yield from (f"allocation.substitutions: no card {card}" for card in types if card not in programme.cards)
