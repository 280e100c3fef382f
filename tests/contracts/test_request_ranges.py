"""Every number, text and list that a request may carry has a stated range (CV-10)."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from libs.common.operator_routes import router as operator_router
from libs.embedded.together import load
from libs.operator.services import SERVICES

TEXT_SIZES = {"maxLength", "enum", "format"}
TEXT_BOUNDS = {"maxLength", "pattern", "enum", "const", "format"}
BOUNDED_ELSEWHERE = {
    "Body_upload_document/file",
    "Body_upload_evidence/file",
    "Body_upload_call_file/file",
    "Body_upload_for_supplement/file",
    "Body_import_restrictions/file",
    "Body_import_awards/file",
}
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
                texts = [
                    leaf for leaf in leaves if leaf.get("type") == "string" and not {"enum", "format"} & leaf.keys()
                ]
                if one["in"] in {"path", "query"} and not all("maxLength" in {**told, **leaf} for leaf in texts):
                    found.add(f"{method} {path} {one['name']}")
    return found


@pytest.fixture(scope="module", params=SERVICES)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What each service tells of its requests."""
    app = FastAPI()
    for router in (*load(request.param).routers, operator_router):
        app.include_router(router)
    return app.openapi()


@pytest.mark.rule("CV-10")
def test_every_text_in_an_address_has_its_length(document: dict[str, Any]) -> None:
    """No path and no query holds a text without a greatest length: indexes and locks have theirs."""
    assert unbounded_parameters(document) == set()


@pytest.mark.rule("CV-10")
def test_every_field_of_a_request_has_its_range(document: dict[str, Any]) -> None:
    """No request has a number without least and most, a text without a length, a list without a size."""
    assert unbounded_fields(document) - BOUNDED_ELSEWHERE == set()


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"type": "string"}, id="a text without a length"),
        pytest.param({"type": "integer", "minimum": 0}, id="a number without a most"),
        pytest.param({"type": "array", "items": {"type": "string", "maxLength": 3}}, id="a list without a size"),
        pytest.param({"anyOf": [{"type": "number", "maximum": 1}, {"type": "null"}]}, id="a number without a least"),
    ],
)
def test_a_field_without_its_range_is_found(told: dict[str, Any]) -> None:
    """The two tests above see each kind of a field that has no range."""
    content = {"application/json": {"schema": {"type": "object", "properties": {"field": told}}}}
    document = {"components": {"schemas": {}}, "paths": {"/x": {"post": {"requestBody": {"content": content}}}}}
    assert unbounded_fields(document) == {"post /x/field"}
