"""Every route of a service stands behind the gate: whoever is nobody, or has the wrong role, is refused unread."""

import ast
from collections.abc import Awaitable, Callable

import pytest

from libs.common.gate import GatedRoute, _roles_needed
from libs.common.operator_routes import router as operator_router
from libs.embedded.together import load
from libs.operator.services import SERVICES
from tests.architecture.source import code_files, parsed
from tests.conftest import ServiceClient

MAKES_ROUTERS = {"libs/common/web.py", "libs/embedded/control.py"}
"""Where FastAPI's own router may be made: our router itself, and the one-machine mode's pages."""


def test_routers_are_made_by_our_own_function() -> None:
    """Outside two files nothing calls `APIRouter` or adds a route to an application: it would stand beside the gate."""
    wrong = [
        f"{name}:{node.lineno}"
        for name in code_files("services/", "libs/")
        if name not in MAKES_ROUTERS
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("APIRouter", "add_api_route")
    ]
    assert wrong == []


PAGES = {"/openapi.json", "/docs", "/redoc", "/static-docs", "/healthz", "/readyz", "/metrics"}
"""What an application answers to everybody: documentation and, without a port of their own, probes."""


ANONYMOUS = {
    "intake": {
        "/v1/public/calls",
        "/v1/public/open-calls.json",
        "/v1/public/calls/{code}",
        "/v1/public/calls/{code}/files",
        "/v1/public/calls/{code}/files/{file_id}",
        "/v1/public/calls/{code}/self-check",
    },
    "review": {"/v1/public/results/{code}"},
    "billing": {"/v1/public/calls/{code}/cost"},
}
"""What everybody may ask without a token (MS-5), so often from one address; nothing else, and nothing personal."""


@pytest.mark.parametrize("name", SERVICES)
def test_every_route_asks_for_a_role(name: str) -> None:
    """Each route of a service's routers is gated and names the roles that open it, but for those told here."""
    routes = [route for router in (*load(name).routers, operator_router) for route in router.routes]
    assert [route for route in routes if not isinstance(route, GatedRoute)] == []
    open_ones = {r.path for r in routes if isinstance(r, GatedRoute) and not list(_roles_needed(r.dependant))}
    assert open_ones == ANONYMOUS.get(name, set())


@pytest.mark.parametrize("name", SERVICES)
async def test_an_application_has_no_route_beside_its_routers(
    name: str, service_client: Callable[[str], Awaitable[ServiceClient]]
) -> None:
    """The application of a process answers by its routers and, to everybody, with documentation and probes alone."""
    beside = {route.path for route in (await service_client(name)).app.routes if hasattr(route, "path")}
    assert beside <= PAGES
