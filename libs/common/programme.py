"""A programme's definition: the notice as data (CV-8).

Every value that a notice could change states itself with its source, as `none` (decided: there is no such
limit) or as `unset` (the notice is silent: an officer fills it in). `Programme.value` reads a value by its
dotted path and stops with `policy_missing` at an unset one; it never guesses and never passes.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import AwareDatetime, BaseModel, Field, ValidationError, model_validator

from libs.common.definition import (
    AllocationPolicy,
    BillingPolicy,
    Card,
    IntakePolicy,
    MeteringPolicy,
    Part,
    Product,
    ReviewPolicy,
    Stated,
    Text,
    Track,
)
from libs.common.errors import Invalid, NotFound, PolicyMissing


class Programme(Part):
    """A whole definition, as `programmes/*.yaml` states it and as `programme.opened` carries it."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{2,40}$")
    version: int = Field(ge=1)
    name: Text
    notices: dict[str, str]
    notice_date: Stated[dt.date]
    submissions_open_at: Stated[AwareDatetime]
    submissions_close_at: Stated[AwareDatetime]
    use_starts_on: Stated[dt.date]
    use_ends_on: Stated[dt.date]
    """The last day of use, inclusive: use ends at its 24:00 KST."""
    cards: dict[str, Card]
    products: dict[str, Product]
    tracks: dict[str, Track]
    intake: IntakePolicy
    review: ReviewPolicy
    allocation: AllocationPolicy
    metering: MeteringPolicy
    billing: BillingPolicy

    @model_validator(mode="after")
    def _names_agree(self) -> "Programme":
        """Every product, card type and criterion that one part names stands in another."""
        wrong = sorted(self._unknown_names())
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def _unknown_names(self) -> Iterator[str]:
        for code, product in self.products.items():
            if product.card_type not in self.cards:
                yield f"products.{code}.card_type: no card {product.card_type}"
        for code, track in self.tracks.items():
            yield from (f"tracks.{code}.products: no product {p}" for p in track.products if p not in self.products)
        for key, document in self.intake.documents.items():
            yield from (f"intake.documents.{key}: no track {t}" for t in document.tracks if t not in self.tracks)
            kinds = self.intake.applicant_kinds
            yield from (f"intake.documents.{key}: no applicant kind {k}" for k in document.kinds if k not in kinds)
        order = self.review.tie_order.is_
        if not isinstance(order, str):
            yield from (f"review.tie_order: no criterion {c}" for c in order if c not in self.review.rubric)
        substitutions = self.allocation.substitutions.is_
        if not isinstance(substitutions, str):
            types = {card for s in substitutions for card in (s.asked, s.given)}
            yield from (f"allocation.substitutions: no card {card}" for card in types if card not in self.cards)

    def value(self, path: str) -> Any:
        """CV-8: The value at a dotted path such as `tracks.1.units_max`; None where it is decided that there is none.

        A path to a part (`review.rubric`) returns the part. Raises PolicyMissing where the value is unset and
        NotFound where the definition has no such path.
        """
        found = self._at(path)
        if isinstance(found, Stated):
            if found.is_ == "unset":
                raise PolicyMissing(self.code, path)
            return None if found.is_ == "none" else found.is_
        return found

    def _at(self, path: str) -> Any:
        node: Any = self
        for step in path.split("."):
            if isinstance(node, dict) and step in node:
                node = node[step]
            elif isinstance(node, Part) and not isinstance(node, Stated) and step in type(node).model_fields:
                node = getattr(node, step)
            else:
                raise NotFound("policy value", f"{self.code}:{path}")
        return node

    def unset_paths(self) -> list[str]:
        """The dotted paths of all unset values, in the definition's order."""
        return [path for path, stated in _stated_leaves(self) if stated.is_ == "unset"]

    def with_value(self, path: str, value: Any, reason: str) -> "Programme":
        """A new version in which one stated value is an officer's; `value` may be `none`.

        Raises NotFound for an unknown path and Invalid where the value is not of the path's kind.
        """
        if not isinstance(self._at(path), Stated):
            raise NotFound("policy value", f"{self.code}:{path}")
        tree = self.model_dump(mode="json", by_alias=True)
        node = tree
        *parents, leaf = path.split(".")
        for step in parents:
            node = node[step]
        node[leaf] = {"is": value, "source": f"officer: {reason}", "default": False}
        tree["version"] = self.version + 1
        return read_definition(tree)


def _stated_leaves(node: Any, path: str = "") -> Iterator[tuple[str, "Stated[Any]"]]:
    if isinstance(node, Stated):
        yield path, node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _stated_leaves(getattr(node, name), f"{path}.{name}".lstrip("."))
    elif isinstance(node, dict):
        for name, child in node.items():
            yield from _stated_leaves(child, f"{path}.{name}".lstrip("."))


def read_definition(tree: Any) -> Programme:
    """Check a parsed definition. Raises Invalid with every place that is wrong, by its path."""
    try:
        return Programme.model_validate(tree)
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise Invalid("programme_invalid", "CV-8", places=places) from error


def load_definition(path: Path) -> Programme:
    """Read and check a definition file. Raises Invalid for broken YAML too."""
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Invalid("programme_invalid", "CV-8", places=str(error)) from error
    return read_definition(tree)
