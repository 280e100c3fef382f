"""F-07 on one machine: the report before the demo, and a clock that is to stand where no year is."""

import datetime as dt
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from libs.common import problems
from libs.embedded import control
from libs.embedded.home import Home


async def test_f_07_there_is_no_report_before_the_demo(tmp_path: Path) -> None:
    """F-07: Before any demo the report is 404; once it is there it is shown, by the same process."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    problems.install(app)
    home = Home(tmp_path)
    app.mount("/report", control.report_of(home))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://home") as http:
        for path in ("/report/", "/report/index.html", "/report/%00", "/report/..%2fkey.json"):
            answer = await http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "no_such_page"), path
        home.report.mkdir()
        (home.report / "index.html").write_text("시연", encoding="utf-8")
        assert (await http.get("/report/")).text == "시연"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00", "1999-12-31T23:59:59Z"])
def test_f_07_a_clock_stands_within_the_years_that_are_used(at: str) -> None:
    """F-07: A clock cannot be set where adding a term to it would end all time."""
    with pytest.raises(ValidationError):
        control.ClockSetting.model_validate({"at": at})
    good = control.ClockSetting.model_validate({"at": "2025-10-01T00:00:00Z"})
    assert good.at == dt.datetime(2025, 10, 1, tzinfo=dt.UTC)
