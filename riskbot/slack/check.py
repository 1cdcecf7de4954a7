"""`riskbot slack check`: whether everything that telling Slack needs is there, each thing with its mend.

What always holds: it changes nothing, unless it is asked to post, and then it takes its line away again; one thing that
is wrong never hides another. Deliberately absent: which channels there are, which the rules say, and printing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from riskbot.errors import SlackError
from riskbot.slack.client import Json, SlackClient
from riskbot.slack.envelope import envelope
from riskbot.slack.limits import is_channel_id
from riskbot.slack.manifest import PRIVATE, SCOPES, SPOKEN
from riskbot.slack.webhook import LABEL

PAGE = 200
LINE = "riskbot slack check: this line is taken away at once"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    said: str  # what was found, in words
    mend: str = ""  # what to do about it; empty where it is well
    judged: bool = True  # false: Slack could not be asked, so nobody knows


async def check(
    bot: SlackClient | None,
    app: SlackClient | None,
    channels: Iterable[str],
    *,
    webhook: bool = False,
    post: bool = False,
) -> list[Finding]:
    """Look at everything; `bot` and `app` are clients with the two tokens, where they are set.

    `post`: prove that messages can be posted, by posting one and taking it away.
    """
    if bot is None:
        return [_without_token(webhook=webhook)]
    found = [await _token(bot)]
    if not found[0].well:
        return [*found, await _socket(app)]
    scopes = await bot.scopes()
    every = await _channels(bot)
    listed = every if isinstance(every, dict) else {}
    private = any(listed.get(_name(channel), {}).get("is_private") for channel in channels)
    found.append(_scopes(scopes, private=private, spoken=app is not None))
    if isinstance(every, SlackError):
        found.append(_failed("channels", every))
    for channel in dict.fromkeys(channels):
        found += await _channel(bot, channel, listed, post=post)
    return [*found, await _socket(app)]


def _without_token(*, webhook: bool) -> Finding:
    if webhook:
        return Finding("mode", True, LABEL, "")
    return Finding(
        "bot token",
        False,
        "none is set: messages are printed instead of posted",
        "`riskbot slack manifest` prints an app to paste into Slack; set its token as RISKBOT_SLACK_BOT_TOKEN",
    )


async def _token(bot: SlackClient) -> Finding:
    try:
        answer = await bot.read("auth.test", {})
    except SlackError as error:
        return _failed("bot token", error)
    return Finding("bot token", True, f"{answer.get('user', '?')} in the workspace {answer.get('team', '?')}")


def _scopes(held: Sequence[str] | None, *, private: bool, spoken: bool) -> Finding:
    if held is None:
        return Finding("scopes", True, "Slack does not say which the token has")
    needed = {
        scope: why
        for scope, why in SCOPES.items()
        if (private or scope not in PRIVATE) and (spoken or scope not in SPOKEN)
    }
    missing = [f"{scope} ({why})" for scope, why in needed.items() if scope not in held]
    if missing:
        mend = "add them to the app (`riskbot slack manifest` has them all), reinstall it, and set the new token"
        return Finding("scopes", False, f"missing: {', '.join(missing)}", mend)
    more = sorted(set(held) - set(SCOPES))
    return Finding("scopes", True, ", ".join(sorted(held)) + (f"; not needed: {', '.join(more)}" if more else ""))


async def _channels(bot: SlackClient) -> dict[str, Json] | SlackError:
    """Every channel that the token sees, by name and by id."""
    found: dict[str, Json] = {}
    cursor = ""
    while True:
        params: Json = {"types": "public_channel,private_channel", "exclude_archived": False, "limit": PAGE}
        try:
            page = await bot.read("conversations.list", params | ({"cursor": cursor} if cursor else {}))
        except SlackError as error:
            if error.code != "missing_scope" or found:
                return error
            try:  # without the scope for private channels the public ones can be seen
                page = await bot.read("conversations.list", params | {"types": "public_channel"})
            except SlackError as again:
                return again
        for each in page.get("channels", []):
            found[each["name"]] = found[each["id"]] = each
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return found


async def _channel(bot: SlackClient, channel: str, listed: Mapping[str, Json], *, post: bool) -> list[Finding]:
    what, name = f"#{_name(channel)}", _name(channel)
    known = listed.get(name)
    if known is None and is_channel_id(name):
        try:
            known = (await bot.read("conversations.info", {"channel": name})).get("channel") or {}
        except SlackError as error:
            return [_failed(what, error)]
    if known is None:
        mend = "check its spelling, or give its id; if it is private, type `/invite @riskbot` in it"
        return [Finding(what, False, "the app sees no such channel", mend)]
    if known.get("is_archived"):
        return [Finding(what, False, "it is archived", "unarchive it, or name another channel")]
    if not known.get("is_member"):
        return [Finding(what, False, "the app is not a member of it", "type `/invite @riskbot` in that channel")]
    found = [Finding(what, True, f"member of it ({known['id']})"), await _history(bot, what, known["id"])]
    return [*found, await _posting(bot, what, known["id"])] if post else found


async def _history(bot: SlackClient, what: str, id_: str) -> Finding:
    """Whether messages of unknown outcome can be looked up there."""
    try:
        await bot.read("conversations.history", {"channel": id_, "limit": 1, "include_all_metadata": True})
    except SlackError as error:
        return _failed(f"{what} history", error)
    return Finding(f"{what} history", True, "can be read: nothing is said twice after a fault")


async def _posting(bot: SlackClient, what: str, id_: str) -> Finding:
    try:
        payload = envelope([], LINE, channel=id_, event_type="riskbot_check", key="check")
        del payload["blocks"]
        answer = await bot.write("chat.postMessage", payload)
        await bot.write("chat.delete", {"channel": id_, "ts": str(answer.get("ts", ""))})
    except SlackError as error:
        return _failed(f"{what} posting", error)
    return Finding(f"{what} posting", True, "a line was posted and taken away")


async def _socket(app: SlackClient | None) -> Finding:
    if app is None:
        said = "off: there is no app token, so messages have no buttons and /riskbot is not heard"
        return Finding("socket mode", True, said)
    try:
        await app.write("apps.connections.open", {})
    except SlackError as error:
        if error.code in ("not_allowed_token_type", "missing_scope", "invalid_auth"):
            mend = "make an app-level token with the scope connections:write, and set RISKBOT_SLACK_APP_TOKEN"
            return Finding("socket mode", False, "Slack does not accept the app token for it", mend)
        return _failed("socket mode", error)
    return Finding("socket mode", True, "a connection can be opened: buttons and /riskbot are heard")


def _failed(what: str, error: SlackError) -> Finding:
    return Finding(what, False, str(error), error.mend, judged=error.code != "unreachable")


def _name(channel: str) -> str:
    return channel.removeprefix("#")
