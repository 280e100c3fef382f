"""How tests look through a list: page by page, in an order, with its counts; and how many statements that takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event


async def walked(http: Any, path: str, who: dict[str, str], field: str, **asked: Any) -> list[Any]:
    """One field of all rows, on pages of two, in their order."""
    found: list[Any] = []
    cursor = None
    while True:
        params = {"limit": 2, **asked, **({"cursor": cursor} if cursor else {})}
        answer = await http.get(f"/v1{path}", params=params, headers=who)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [one[field] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def counted(http: Any, path: str, who: dict[str, str], **asked: Any) -> tuple[int, dict[str, int]]:
    """How many rows the list says it has, in sum and by state."""
    answer = await http.get(f"/v1{path}", params={"count": "true", "limit": 1, **asked}, headers=who)
    assert answer.status_code == 200, answer.text
    return answer.json()["total"], answer.json()["by_state"]


@contextmanager
def statements(asking: Any) -> Iterator[list[str]]:
    """What a service's client, or a transaction, asks its database meanwhile."""
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    engine = (asking.db.engine if hasattr(asking, "db") else asking.engine).sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
