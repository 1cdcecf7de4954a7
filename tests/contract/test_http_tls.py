"""Encrypted connections: who is believed, and what is said of the others."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from pathlib import Path

import pytest

from riskbot.feeds.http import Http
from tests.asking import QUICK, loopback, now, refused
from tests.certificates import ELSEWHERE, EXPIRED, GOOD, SELF_SIGNED, serving, trusting
from tests.feedserver import RSS, FeedServer


async def test_a_certificate_of_an_authority_that_is_believed_is_good(tmp_path: Path) -> None:
    async with FeedServer(serving(GOOD, tmp_path)) as server, Http(now, resolve=loopback, trust=trusting()) as http:
        server.answers()
        url = server.url(host="news.example")
        assert (await http.get(url, home=url)).body == RSS


@pytest.mark.parametrize(
    ("certificate", "believed", "words"),
    [
        pytest.param(EXPIRED, True, "expired", id="out of date"),
        pytest.param(ELSEWHERE, True, "not valid for 'news.example'", id="for another host"),
        pytest.param(SELF_SIGNED, True, "self-signed", id="vouched for by itself"),
        pytest.param(GOOD, False, "issuer", id="of an authority that nobody here believes"),
    ],
)
async def test_a_certificate_that_proves_nothing_is_refused_before_anything_is_asked(
    certificate: str, believed: bool, words: str, tmp_path: Path
) -> None:
    trust = trusting() if believed else None
    async with (
        FeedServer(serving(certificate, tmp_path)) as server,
        Http(now, resolve=loopback, trust=trust) as http,
    ):
        server.answers()
        url = server.url(host="news.example")
        error = await refused(http.get(url, home=url))
        assert error.reason == "tls"
        assert words in str(error)
        assert "SSL_CERT_FILE" in error.mend
        assert server.requests == []


async def _says(answer: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        await reader.read(1)
        writer.write(answer)
        await reader.read()
    writer.close()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", "tls", id="in the clear"),
        pytest.param(b"\x15\x03\x03\x00\x02\x02\x28", "tls", id="with an alert"),
        pytest.param(b"", "timed-out", id="never"),
    ],
)
async def test_a_handshake_that_is_not_answered_as_it_should_be_is_a_reason(answer: bytes, why: str) -> None:
    server = await asyncio.start_server(partial(_says, answer), "127.0.0.1", 0)
    async with server, Http(now, bounds=QUICK if why == "timed-out" else None, resolve=loopback) as http:
        url = f"https://news.example:{server.sockets[0].getsockname()[1]}/"
        assert (await refused(http.get(url, home=url))).reason == why
