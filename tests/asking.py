"""Asking a server on loopback as riskbot asks publishers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.http import Answer, Http
from tests.feedserver import FeedServer

NOW = datetime(2025, 11, 17, 12, 0, tzinfo=UTC)
QUICK = Bounds(total=timedelta(seconds=0.4))  # only for what never comes to an end


def now() -> datetime:
    return NOW


async def loopback(host: str, port: int) -> list[str]:
    """Names of this test stand for this machine; others for nothing."""
    if not host.endswith(".example"):
        raise OSError("no such host")
    return ["127.0.0.1"]


@asynccontextmanager
async def asking(bounds: Bounds | None = None) -> AsyncIterator[tuple[FeedServer, Http]]:
    async with FeedServer() as server, Http(now, "ops@bank.example", bounds, loopback) as http:
        yield server, http


async def refused(ask: Awaitable[Answer]) -> FetchError:
    """The error of a fetch that must fail, fit to be shown."""
    with pytest.raises(FetchError) as caught:
        await ask
    assert str(caught.value)
    assert caught.value.mend
    return caught.value


async def reason(ask: Awaitable[Answer]) -> str:
    return (await refused(ask)).reason
