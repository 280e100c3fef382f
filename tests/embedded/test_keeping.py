"""F-52: What a person made is never removed without `--reset`, and a second demo says that one runs."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from libs.embedded.databases import DataInTheWay, renew
from libs.embedded.home import Home
from libs.embedded.keeping import KeepWhatPeopleMake
from libs.embedded.postgres import EmbeddedPostgres


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers 204."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose data is a demo's."""
    home = Home(tmp_path)
    home.demo_marker.touch()
    return home


@pytest.mark.parametrize(
    ("method", "headers", "kept"),
    [
        pytest.param("GET", {}, True, id="looking around changes nothing"),
        pytest.param("POST", {"X-Dure-Demo": "played"}, True, id="the demo's own change"),
        pytest.param("POST", {}, False, id="a person's change"),
        pytest.param("PUT", {}, False, id="a person's other change"),
    ],
)
async def test_a_persons_first_change_takes_the_mark_away(
    home: Home, method: str, headers: dict[str, str], kept: bool
) -> None:
    """F-52: After it the data is no more the demo's alone."""
    app = KeepWhatPeopleMake(nothing, home)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://dure") as client:
        assert (await client.request(method, "/intake/v1/organisations", headers=headers)).status_code == 204
    assert home.demo_marker.exists() is kept


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server of its own."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("server") / "pg", durable=False)
    server.start()
    yield server
    server.remove()


@pytest.mark.parametrize("table", ["organisation", "programme_version"])
def test_a_demo_leaves_alone_what_it_did_not_make(server: EmbeddedPostgres, tmp_path: Path, table: str) -> None:
    """F-52: With one organisation or one programme in it and without the mark, the databases stay as they are."""
    server.create_database("intake")
    server.execute(f"CREATE TABLE {table} (n int); INSERT INTO {table} VALUES (1)", "intake")
    home = Home(tmp_path)
    with pytest.raises(DataInTheWay):
        renew(server, home)
    assert server.execute(f"SELECT count(*) FROM {table}", "intake") == "1"
    home.demo_marker.touch()
    renew(server, home)
    assert server.databases() == []
    assert home.demo_marker.exists()
