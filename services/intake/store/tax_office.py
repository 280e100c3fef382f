"""The tax office's public interface for the status of business numbers; without an address nobody is asked.

`POST <address>/status?serviceKey=…` with `{"b_no": ["1248100998"]}` answers
`{"data": [{"b_no": "1248100998", "b_stt_cd": "01", "end_dt": "", …}]}`.
"""

import asyncio
import json
from typing import Any

import httpx

from libs.common import log
from libs.common.errors import Unavailable
from services.intake.model.business_status import OfficeSaid, StatusOffice
from services.intake.settings import IntakeSettings

ANSWER_BYTES_MAX = 65_536
_log = log.get(__name__)


class NobodyAsked:
    """Where no tax office is set: no number is asked about, and nothing goes out."""

    async def ask(self, business_no: str) -> OfficeSaid | None:  # noqa: ARG002 - the port's shape
        """None: nobody was asked. Never raises."""
        return None


class TaxOffice:
    """The interface at one address, asked with a service key; every question has a time limit."""

    def __init__(self, url: str, key: str, wait_s: float) -> None:
        self._url = f"{url.rstrip('/')}/status"
        self._key = key
        self._wait_s = wait_s

    async def ask(self, business_no: str) -> OfficeSaid:
        """What is said of a number of ten digits. Raises Unavailable where no answer comes, or none about it."""
        try:
            async with asyncio.timeout(self._wait_s):
                return _said(business_no, await self._fetch(business_no))
        except (TimeoutError, httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            _log.warning("tax_office_away", error=type(error).__name__)  # its text may name the address with the key
            raise Unavailable("tax_office_away") from None

    async def _fetch(self, business_no: str) -> Any:
        key, asked = {"serviceKey": self._key}, {"b_no": [business_no]}
        async with (
            httpx.AsyncClient(timeout=self._wait_s, follow_redirects=False) as client,
            client.stream("POST", self._url, params=key, json=asked) as answer,
        ):
            answer.raise_for_status()
            if answer.is_redirect:
                raise ValueError("a redirect")
            content = b""
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > ANSWER_BYTES_MAX:
                    raise ValueError("an answer without end")
        return json.loads(content)


def _said(business_no: str, answer: Any) -> OfficeSaid:
    """What an answer says of a number. Raises LookupError, TypeError, ValueError for one that does not name it."""
    (found,) = [one for one in answer["data"] if one["b_no"] == business_no]
    return OfficeSaid(str(found["b_stt_cd"]), str(found.get("end_dt") or ""))


def status_office(settings: IntakeSettings) -> StatusOffice:
    """Whom the settings say to ask."""
    if not settings.business_status_url:
        return NobodyAsked()
    key = settings.business_status_key.get_secret_value()
    return TaxOffice(settings.business_status_url, key, settings.business_status_wait_s)
