"""Every number, text and list that a request may carry has a stated range (CV-10)."""

from collections.abc import Iterator
from typing import Any

import pytest

TEXT_BOUNDS = {"maxLength", "pattern", "enum", "const", "format"}
BOUNDED_ELSEWHERE = {"Body_upload_document/file"}
"""A file's size is the upload's own limit (`DURE_UPLOAD_BYTES_MAX`)."""


def schemas(node: Any, known: dict[str, Any], at: str, seen: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every leaf of a request's schema, with where it stands."""
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            yield from schemas(known[name], known, name, seen | {name})
        return
    for branch in ("anyOf", "oneOf", "allOf"):
        for part in node.get(branch, ()):
            yield from schemas(part, known, at, seen)
    for name, part in node.get("properties", {}).items():
        yield from schemas(part, known, f"{at}/{name}", seen)
    if node.get("type") == "array":
        yield at, node
        yield from schemas(node.get("items", {}), known, f"{at}[]", seen)
    elif node.get("type") in {"integer", "number", "string"}:
        yield at, node


def unbounded(node: dict[str, Any]) -> bool:
    """Whether a leaf lacks its range."""
    if node["type"] == "string":
        return not TEXT_BOUNDS & node.keys()
    if node["type"] == "array":
        return "maxItems" not in node
    least, most = {"minimum", "exclusiveMinimum"} & node.keys(), {"maximum", "exclusiveMaximum"} & node.keys()
    return not (least and most)


def unbounded_fields(document: dict[str, Any]) -> set[str]:
    """The fields of all requests in an OpenAPI document that have no range."""
    known = document["components"]["schemas"]
    found = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                at = f"{method} {path}"
                found |= {place for place, leaf in schemas(content["schema"], known, at, set()) if unbounded(leaf)}
    return found


def unbounded_parameters(document: dict[str, Any]) -> set[str]:
    """The texts in addresses, path and query alike, that have no greatest length."""
    found = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for one in operation.get("parameters", ()):
                told = one["schema"]
                leaves = told.get("anyOf", [told])
                texts = [leaf for leaf in leaves if leaf.get("type") == "string" and "enum" not in leaf]
                if one["in"] in {"path", "query"} and not all("maxLength" in {**told, **leaf} for leaf in texts):
                    found.add(f"{method} {path} {one['name']}")
    return found


@pytest.mark.rule("CV-10")
async def test_every_text_in_an_address_has_its_length(service_client) -> None:  # type: ignore[no-untyped-def]
    """No path and no query of intake holds a text without a greatest length: indexes and locks have theirs."""
    client = await service_client("intake")
    assert unbounded_parameters(client.app.openapi()) == set()


@pytest.mark.rule("CV-10")
async def test_every_field_of_a_request_has_its_range(service_client) -> None:  # type: ignore[no-untyped-def]
    """No request of intake has a number without least and most, a text without a length, a list without a size."""
    client = await service_client("intake")
    assert unbounded_fields(client.app.openapi()) - BOUNDED_ELSEWHERE == set()
