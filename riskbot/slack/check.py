"""`riskbot slack check`: whether everything that telling Slack needs is there, each thing with its mend.

What always holds: it changes nothing, unless it is asked to post, and then it takes its line away again; one thing that
is wrong never hides another; what could not be asked is called not checked, and never wrong. Deliberately absent: which
channels there are, which the rules say, and printing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from riskbot.errors import SlackError
from riskbot.policy.resending import for_the_moment
from riskbot.slack.channels import Listed, channels
from riskbot.slack.client import Json, SlackClient
from riskbot.slack.envelope import envelope
from riskbot.slack.limits import is_channel_id
from riskbot.slack.manifest import PRIVATE, SCOPES, SPOKEN
from riskbot.slack.refusals import place
from riskbot.slack.webhook import LABEL

LINE = "riskbot slack check: this line is taken away at once"
AGAIN = "check again in a minute"


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
    wanted: Iterable[str],
    *,
    webhook: bool = False,
    post: bool = False,
) -> list[Finding]:
    """Look at everything; `bot` and `app` are clients with the two tokens, where they are set.

    `wanted` are the channels, by name or id; `post`: prove that messages can be posted, by posting one and taking it
    away.
    """
    if bot is None:
        return [_without_token(webhook=webhook)]
    found = [await _token(bot)]
    if found[0].well:
        found += await _with_token(bot, list(dict.fromkeys(map(_name, wanted))), spoken=app is not None, post=post)
    else:
        found.append(Finding("scopes and channels", False, "only the bot token can tell", judged=False))
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


async def _with_token(bot: SlackClient, wanted: Sequence[str], *, spoken: bool, post: bool) -> list[Finding]:
    """The scopes, and each channel once, however often and by whatever name it is given."""
    listed = await channels(bot, archived=True)
    private = any(listed.known.get(name, {}).get("is_private") for name in wanted)
    found = [await _scopes(bot, private=private, spoken=spoken)]
    met: set[str] = set()
    for name in wanted:
        known = await _look_up(bot, name, listed)
        if isinstance(known, Finding):
            found.append(known)
            if post and not known.judged:  # a post takes a name, so this much can be proved all the same
                found.append(await _posting(bot, place(name), name))
        elif known["id"] not in met:
            met.add(known["id"])
            found += await _channel(bot, place(str(known.get("name") or name)), known, post=post)
    return found


async def _scopes(bot: SlackClient, *, private: bool, spoken: bool) -> Finding:
    try:
        held = await bot.scopes()
    except SlackError as error:
        return _failed("scopes", error)
    if held is None:
        return Finding("scopes", True, "Slack does not say which the token has", judged=False)
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


async def _look_up(bot: SlackClient, name: str, listed: Listed) -> Json | Finding:
    """A channel as Slack describes it; or what is to be said of one that was not found."""
    if name in listed.known:
        return listed.known[name]
    what = place(name)
    if is_channel_id(name):
        try:
            return {"id": name} | ((await bot.read("conversations.info", {"channel": name})).get("channel") or {})
        except SlackError as error:
            return _failed(what, error, refused=error.code == "channel_not_found")
    if listed.failed:
        return _failed(what, listed.failed, refused=False)
    if listed.private:
        said = f"no public channel is called so, and private ones cannot be listed: {listed.private}"
        return Finding(what, False, said, f"check its spelling; if it is private, {listed.private.mend}", judged=False)
    mend = "check its spelling, or give its id; if it is private, type `/invite @riskbot` in it"
    return Finding(what, False, "the app sees no such channel", mend)


async def _channel(bot: SlackClient, what: str, known: Json, *, post: bool) -> list[Finding]:
    if known.get("is_archived"):
        return [Finding(what, False, "it is archived", "unarchive it, or name another channel")]
    if not known.get("is_member"):
        return [Finding(what, False, "the app is not a member of it", "type `/invite @riskbot` in that channel")]
    found = [Finding(what, True, f"member of it ({known['id']})"), await _history(bot, what, known["id"])]
    return [*found, await _posting(bot, what, known["id"])] if post else found


async def _history(bot: SlackClient, what: str, id_: str) -> Finding:
    """Whether messages of unknown outcome can be looked up there."""
    asked: Json = {"channel": id_, "limit": 1, "include_all_metadata": True}
    try:
        await bot.read("conversations.history", asked, where=what)
    except SlackError as error:
        return _failed(f"{what} history", error)
    return Finding(f"{what} history", True, "can be read: nothing is said twice after a fault")


async def _posting(bot: SlackClient, what: str, channel: str) -> Finding:
    try:
        payload = envelope([], LINE, channel=channel, event_type="riskbot_check", key="check")
        del payload["blocks"]
        answer = await bot.write("chat.postMessage", payload, where=what)
    except SlackError as error:
        return _failed(f"{what} posting", error)
    stands = {"channel": str(answer.get("channel") or channel), "ts": str(answer.get("ts", ""))}
    try:
        await bot.write("chat.delete", stands, where=what)
    except SlackError as error:
        said = f"a line was posted and could not be taken away: {error}"
        return Finding(f"{what} posting", False, said, "delete it in Slack")
    return Finding(f"{what} posting", True, "a line was posted and taken away")


async def _socket(app: SlackClient | None) -> Finding:
    if app is None:
        said = "off: there is no app token, so messages have no buttons and /riskbot is not heard"
        return Finding("socket mode", True, said)
    try:
        await app.read("apps.connections.open", {})
    except SlackError as error:
        return _failed("socket mode", error)
    return Finding("socket mode", True, "a connection can be opened: buttons and /riskbot are heard")


def _failed(what: str, error: SlackError, *, refused: bool = True) -> Finding:
    """What did not succeed; `refused`: what Slack refuses speaks against it, where it refuses."""
    passing = for_the_moment(error)
    mend = error.mend or (AGAIN if passing else "")
    return Finding(what, False, str(error), mend, judged=refused and not passing and not _between(error))


def _between(error: SlackError) -> bool:
    """Whether it was not Slack that answered: a proxy, or another server."""
    return error.code.startswith("http-")


def _name(channel: str) -> str:
    return channel.removeprefix("#")
