"""The issuer's public keys: read by one fetch at a time, and used on for a bounded time while the issuer is away."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from joserfc.jwk import KeySet

from libs.common import log
from libs.common.errors import Unavailable

FETCH_TIMEOUT_S = 3.0
TRY_AGAIN_S = 5.0
"""After a failure the keys at hand serve for so long before the issuer is asked again."""
OUTLIVE_S = 86_400.0

FetchKeys = Callable[[], Awaitable[dict[str, Any]]]
_log = log.get(__name__)


def fetch_from(jwks_url: str, timeout_s: float = FETCH_TIMEOUT_S) -> FetchKeys:
    """Read the issuer's key set over HTTP; each step of it takes so long at most."""

    async def fetch() -> dict[str, Any]:
        async with httpx.AsyncClient(timeout=timeout_s) as client:
            answer = await client.get(jwks_url)
            answer.raise_for_status()
            keys: dict[str, Any] = answer.json()
            return keys

    return fetch


class IssuerKeys:
    """Keeps the last known key set; `outlive_s` bounds how long it serves without word from the issuer."""

    def __init__(
        self, fetch: FetchKeys, outlive_s: float = OUTLIVE_S, fetch_timeout_s: float = FETCH_TIMEOUT_S
    ) -> None:
        self._fetch = fetch
        self._fetch_timeout_s = fetch_timeout_s
        self._outlive_s = outlive_s
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._failed_at = -TRY_AGAIN_S
        self._one_fetch = asyncio.Lock()
        self.fetched = 0
        """How often the keys were read: what was judged by older ones is to be judged again."""
        self.trouble = ""
        """Why the issuer's keys could not be read at the last attempt; empty where they could."""

    def usable(self) -> bool:
        """Whether there are keys young enough to judge by."""
        return self._keys is not None and time.monotonic() - self._fetched_at <= self._outlive_s

    def in_the_way(self) -> str:
        """Why no token can be judged; empty where some can, and where no key was ever asked for."""
        return f"issuer: {self.trouble}" if self.trouble and not self.usable() else ""

    def notes(self) -> list[str]:
        """That the issuer is away, while its last known keys still serve."""
        return [f"issuer: {self.trouble}"] if self.trouble else []

    async def at_hand(self, kept_s: float) -> KeySet:
        """The keys for a token whose key is known: as `get`, but nobody waits for a fetch while others may be used.

        One that is under way or has just failed is not waited for. Raises Unavailable where no key may be used.
        """
        if self._keys is not None and self.usable() and (self._one_fetch.locked() or not self._rested()):
            return self._keys
        return await self.get(kept_s)

    async def get(self, kept_s: float) -> KeySet:
        """The keys, read anew where they are older than `kept_s`. Raises Unavailable where none may be used."""
        kept_s = min(kept_s, self._outlive_s / 2)  # read anew before they may not be used any more
        if self._keys is None or self._age_s() > kept_s:
            async with self._one_fetch:
                # whoever waited for another's fetch, or comes soon after one that failed, takes what there is
                if self._rested() and (self._keys is None or self._age_s() > kept_s):
                    await self._read()
        if self._keys is None or not self.usable():
            raise Unavailable("issuer_unavailable")
        return self._keys

    async def keep_fresh(self, every_s: float) -> None:
        """Read the keys now and ever again, so that no request waits for it."""
        self.trouble = self.trouble or "its keys are not read yet"
        while True:
            async with self._one_fetch:
                await self._read()
            await asyncio.sleep(TRY_AGAIN_S if self.trouble else min(every_s, self._outlive_s / 2))

    def _rested(self) -> bool:
        return time.monotonic() - self._failed_at >= TRY_AGAIN_S

    def _age_s(self) -> float:
        return time.monotonic() - self._fetched_at

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(self._fetch_timeout_s):
                told = await self._fetch()
            keys = _key_set(told)
        except Exception as error:  # noqa: BLE001 - away, or not a key set: the keys at hand serve on, for a while
            self._failed_at = time.monotonic()
            self.trouble = f"{error!r}"[:200]
            _log.warning("issuer_keys_unreadable", error=self.trouble, usable=self.usable())
        else:
            self._keys, self._fetched_at, self.trouble = keys, time.monotonic(), ""
            self.fetched += 1


def _key_set(told: Any) -> KeySet:
    keys = KeySet.import_key_set(told)
    if not keys.keys:
        raise ValueError("the key set is empty")
    return keys
