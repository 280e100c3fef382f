"""The OpenAPI document as the service really answers: every error is a problem, also those that no route names."""

from typing import Any

from fastapi import FastAPI

from libs.common.problems import MEDIA_TYPE, TITLES

PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
FIRST_ERROR = "400"


def tell_problems(app: FastAPI) -> None:
    """Make the app's document tell problems as `application/problem+json` alone.

    FastAPI lists an error's model under the media type of the route's success as well, and knows neither the
    limits of bodies (413) and addresses (414), a body too slow (408), a caller that asks too much (429) nor a
    database out of reach (503).
    """
    build = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            for item in build()["paths"].values():
                for operation in item.values():
                    _tell(operation)
        return build()

    app.openapi = openapi  # type: ignore[method-assign]


def _tell(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status in (408, 413, 414, 429, 503) if "requestBody" in operation else (414, 429, 503):
        responses.setdefault(str(status), {"description": TITLES[status][1]})
    for status, response in responses.items():
        if status >= FIRST_ERROR:
            response["content"] = PROBLEM
