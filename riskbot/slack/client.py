"""Calls to the Slack Web API: the one file that knows slack-sdk, and aiohttp beneath it.

What always holds: a call is tried once and never repeated here (`retry_handlers=[]`); every failure leaves as a
SlackError that says whether the call may have taken effect; the token is in no message, cause or repr. No connection
is kept between calls: at a message a second it would save nothing, and a stale one is one more unknown outcome.
Deliberately absent: what a call is for.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from riskbot.errors import SettingsError, SlackError
from riskbot.slack.refusals import AMBIGUOUS, ITS_OWN, place, refusal, unanswered, unknown_outcome, unreachable

Json = dict[str, Any]

SLACK_API = "https://slack.com/api/"
APP_LEVEL = "apps.connections.open"  # the one method that takes the app-level token and no other


class SlackClient:
    """The Web API for one token."""

    def __init__(
        self, token: str, *, base_url: str = SLACK_API, timeout: float = 30.0, proxy: str | None = None
    ) -> None:
        """`timeout` bounds a whole call, in seconds. Raises SettingsError when the token cannot be one."""
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise SettingsError(
                "the Slack bot token is empty or holds characters that no token has",
                "copy it again from the app's page in Slack (it begins with xoxb-)",
            )
        self.host = urlsplit(base_url).hostname or "Slack"
        self._timeout = timeout
        # The SDK counts whole seconds; the exact bound is set in `call`, this one only stands behind it.
        self._client = AsyncWebClient(
            token=token,
            base_url=base_url,
            timeout=math.ceil(timeout) + 1,
            retry_handlers=[],
            trust_env_in_session=False,
        )
        self._client.proxy = proxy  # the SDK takes one from the environment unless it is set afterwards

    def __repr__(self) -> str:
        return f"SlackClient({self.host})"

    async def write(self, method: str, payload: Json, *, where: str = "") -> Json:
        """Call a method that changes something; a failure of unknown outcome is ambiguous. Raises SlackError.

        `where` is the channel as people know it, for errors, where the payload has Slack's id.
        """
        call = _Call(method, where or str(payload.get("channel", "")), reads=False)
        data: Json = (await self._response(call, {"json": payload})).data
        return data

    async def read(self, method: str, params: Json, *, where: str = "") -> Json:
        """Call a method that changes nothing: whatever fails may simply be tried again. Raises SlackError."""
        data: Json = (await self._read(_Call(method, where or str(params.get("channel", "")), reads=True), params)).data
        return data

    async def scopes(self) -> tuple[str, ...] | None:
        """What the token is allowed to do, as Slack says beside every answer; None: it does not. Raises SlackError.

        Source: https://docs.slack.dev/authentication/best-practices-for-security, the header X-OAuth-Scopes.
        """
        response = await self._read(_Call("auth.test", "", reads=True), {})
        said = next((value for name, value in response.headers.items() if name.lower() == "x-oauth-scopes"), None)
        return None if said is None else tuple(each.strip() for each in said.split(",") if each.strip())

    async def _read(self, call: _Call, params: Json) -> Any:
        # A form by POST, although Slack takes GET too: aiohttp repeats a GET by itself when its connection breaks.
        form = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in params.items()}
        return await self._response(call, {"data": form})

    async def _response(self, call: _Call, arguments: Json) -> Any:
        """The SDK's response, whose `data` is a JSON object."""
        # Causes are cut off (`from None`): the SDK's errors hold the whole request, its authorisation included.
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.api_call(call.method, **arguments)
        except SlackApiError as error:
            raise _refused(error.response, call) from None
        except aiohttp.ClientConnectorError:
            raise unreachable(self.host) from None
        except TimeoutError:
            raise call.lost("timed-out", f"no answer within {self._timeout:g} s") from None
        except (aiohttp.ClientError, OSError):
            raise call.lost("connection-lost", "the connection was lost before an answer came") from None
        except (SlackClientError, AttributeError, TypeError, ValueError):
            # The SDK trips over answers that are not JSON objects: something other than Slack answered, or half of it.
            raise call.lost("unreadable-answer", "the answer cannot be read") from None
        if not isinstance(response.data, dict):
            raise call.lost("unreadable-answer", "the answer cannot be read")
        return response


@dataclass(frozen=True, slots=True)
class _Call:
    """What is asked of Slack, as its errors name it."""

    method: str
    channel: str  # empty where none is concerned
    reads: bool  # it changes nothing

    def lost(self, code: str, why: str) -> SlackError:
        """The error where no answer came that says what became of it."""
        return unanswered(code, self.method, why) if self.reads else unknown_outcome(code, place(self.channel), why)


def _refused(response: Any, call: _Call) -> SlackError:
    """The error in an answer that is not a success. `response` is the SDK's, or aiohttp's where there was no JSON."""
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    headers: Mapping[str, str] = getattr(response, "headers", {})
    data = getattr(response, "data", None)
    body: Json = data if isinstance(data, dict) else {}
    code = "ratelimited" if status == 429 else body.get("error")
    if isinstance(code, str) and code in AMBIGUOUS:
        return call.lost(code, ITS_OWN)
    if isinstance(code, str) and code:
        return refusal(
            code,
            call.channel,
            retry_after=_seconds(headers),
            needed=str(body.get("needed", "")),
            call=call.method if call.reads else "",
            app_level=call.method == APP_LEVEL,
        )
    if status >= 500 or status in (200, 408):
        return call.lost(f"http-{status}", f"it answered with status {status}")
    return SlackError(
        f"http-{status}",
        f"something between riskbot and Slack refused a call for {place(call.channel)} with status {status}",
        "check RISKBOT_SLACK_API_URL and any proxy",
    )


def _seconds(headers: Mapping[str, str]) -> float | None:
    """What `Retry-After` asks for, fractions included; None when it says nothing usable."""
    value = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
