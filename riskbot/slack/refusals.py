"""What Slack's refusals mean, in words and with a mend.

The error strings are those of the reference pages of chat.postMessage, chat.update and conversations.history on
docs.slack.dev.

What always holds: an error that may hide a message that was posted is ambiguous; an error that passes by itself
carries `retry_after`; anything else is for good until a person mends it. Deliberately absent: the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskbot.errors import SlackError
from riskbot.slack.limits import is_channel_id, problems

# Slack says of these that part of the work may have been done before the error came.
AMBIGUOUS = frozenset({"internal_error", "fatal_error", "service_unavailable", "server_error", "update_failed"})
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
# Slack took nothing, for a reason that passes.
PASSING = frozenset({"request_timeout", "team_added_to_org", "accesslimited"})
PAUSE = 5.0  # seconds before trying again where Slack took nothing and names no time
ITS_OWN = "it met an error of its own"
STATUS = "try again in a minute; https://slack-status.com tells whether Slack has a fault"

_TOKEN = "create a new bot token for the app in Slack (it begins with xoxb-), and set RISKBOT_SLACK_BOT_TOKEN"  # noqa: S105
_MAKE_APP_LEVEL = (
    "make an app-level token with the scope connections:write (Basic Information → App-Level Tokens; it begins with "
    "xapp-), and set RISKBOT_SLACK_APP_TOKEN"
)
_DEFECT = "this is a defect of riskbot: please report it together with the story's id"
_SENTENCES: dict[str, tuple[str, str]] = {
    "channel_not_found": (
        "Slack knows no channel {channel}",
        "check its spelling (or give its id), and invite the app if it is private",
    ),
    "not_in_channel": ("the app is not a member of {channel}", "type `/invite @riskbot` in that channel"),
    "is_archived": ("{channel} is archived", "unarchive it, or name another channel"),
    "restricted_action": (
        "the workspace does not let the app post in {channel}",
        "ask a workspace administrator to allow it, or name another channel",
    ),
    "restricted_action_read_only_channel": (
        "{channel} is read-only, and the app may not post there",
        "ask a workspace administrator to let the app post, or name another channel",
    ),
    "restricted_action_thread_only_channel": (
        "{channel} takes replies in threads only",
        "ask a workspace administrator to let the app post messages, or name another channel",
    ),
    "restricted_action_non_threadable_channel": (
        "{channel} takes no replies in threads",
        "ask a workspace administrator to allow threads there, or name another channel",
    ),
    "restricted_action_thread_locked": (
        "the thread in {channel} was locked by an administrator",
        "ask a workspace administrator to unlock it",
    ),
    "is_inactive": ("{channel} is frozen, archived or deleted", "unarchive it, or name another channel"),
    "external_channel_migrating": (
        "{channel} is being moved between workspaces",
        "wait until it is moved, then send the message again",
    ),
    "message_limit_exceeded": (
        "members of the workspace sent more messages than its plan allows",
        "ask a workspace administrator for a plan that takes more",
    ),
    "ekm_access_denied": (
        "the administrators have suspended posting in {channel}",
        "ask a workspace administrator when posting is allowed again",
    ),
    "team_access_not_granted": (
        "the token was not granted the workspace of {channel}",
        "ask an organisation administrator to add the app to that workspace",
    ),
    "access_denied": ("the app is denied access to {channel}", "ask a workspace administrator to grant it"),
    "no_permission": (
        "the token may not do this in {channel}",
        "reinstall the app with its scopes, and set the token",
    ),
    "not_allowed_token_type": (
        "the token is of a kind that may not do this",
        "set the bot token of the app (it begins with xoxb-)",
    ),
    "org_login_required": (
        "the workspace is being moved into an organisation",
        "wait until it is moved, then reinstall the app",
    ),
    "method_deprecated": ("Slack no longer offers what riskbot asked it for", "install a newer riskbot"),
    "thread_not_found": ("the thread in {channel} is gone", "it was deleted in Slack with its message"),
    "cannot_reply_to_message": (
        "the story's message in {channel} takes no replies",
        "look at the message in Slack: it may be of a kind that has no thread",
    ),
    "invalid_auth": ("Slack does not accept the token", _TOKEN),
    "not_authed": ("no token was given to Slack", _TOKEN),
    "account_inactive": ("the token belongs to an app or user that was removed", _TOKEN),
    "token_revoked": ("the token was revoked", _TOKEN),
    "token_expired": ("the token has expired", _TOKEN),
    "missing_scope": (
        "the token lacks a scope that this needs",
        "add it to the app (`riskbot slack manifest` has all), reinstall the app, and set the new token",
    ),
    "invalid_blocks": ("Slack refused the blocks of a message to {channel}", _DEFECT),
    "invalid_blocks_format": ("Slack refused the blocks of a message to {channel}", _DEFECT),
    "msg_blocks_too_long": ("the blocks of a message to {channel} are too long for Slack", _DEFECT),
    "msg_too_long": ("a message to {channel} is too long for Slack", _DEFECT),
    "no_text": ("a message to {channel} has no text", _DEFECT),
    "metadata_too_large": ("the metadata of a message to {channel} is too large for Slack", _DEFECT),
    "invalid_arguments": ("Slack refused the form of a message to {channel}", _DEFECT),
    "metadata_must_be_sent_from_app": (
        "the token is no app's, so its messages to {channel} cannot be found again",
        "set the bot token of an app (it begins with xoxb-)",
    ),
    "invalid_metadata_format": ("Slack refused the metadata of a message to {channel}", _DEFECT),
    "message_not_found": ("the message to be updated no longer stands in {channel}", "it was deleted in Slack"),
    "cant_update_message": (
        "the message in {channel} was not posted with this token and cannot be updated",
        "use the token of the app that posted it",
    ),
    "edit_window_closed": (
        "the workspace does not let messages as old as this one in {channel} be edited",
        "ask a workspace administrator to lengthen the time in which messages may be edited",
    ),
}


# What is wrong with the app-level token where Slack refuses it.
_OF_APP_TOKEN = {
    "not_allowed_token_type": "that is no app-level token",
    "missing_scope": "the app-level token lacks the scope connections:write",
    "no_permission": "the app-level token lacks the scope connections:write",
}


def refusal(
    code: str,
    channel: str,
    *,
    retry_after: float | None = None,
    needed: str = "",
    call: str = "",
    app_level: bool = False,
) -> SlackError:
    """The error for Slack's own error string, raised by the caller.

    `channel` is the one concerned, empty for none; `retry_after` is what Slack asked for, `needed` the scopes it says
    are missing; `call` names a method that only looks; `app_level`: it was called with the app-level token. For a
    refusal that is not known here the sentence names Slack's string, and the delivery is for a person to look at.
    """
    where = place(channel)
    if code in RATE_LIMITED:
        wait = f"; it asks to wait {retry_after:g} s" if retry_after is not None else ""
        what = call or (f"messages to {where}" if channel else "calls")
        return SlackError("ratelimited", f"Slack limits the rate of {what}{wait}", retry_after=retry_after)
    if code in AMBIGUOUS:
        return unknown_outcome(code, where, ITS_OWN)
    if code in PASSING:
        return SlackError(code, f"Slack could not take the call for {where} just now ({code})", retry_after=PAUSE)
    message, mend = _SENTENCES.get(
        code, (f"Slack refused a call for {{channel}} with `{code}`", "look the word up in Slack's API reference")
    )
    if app_level and (mend is _TOKEN or code in _OF_APP_TOKEN):
        said = _OF_APP_TOKEN.get(code) or message.replace("the token", "the app-level token")
        return SlackError(code, said, _MAKE_APP_LEVEL)
    if needed:
        message = f"the token lacks the scope {needed}"
        mend = f"add the scope {needed} to the app, reinstall it, and set the new token"
    return SlackError(code, message.replace("{channel}", where), mend)


def place(channel: str) -> str:
    """A channel as people know it: `#risk`, or its id where nothing else is known; `Slack` for none."""
    if not channel:
        return "Slack"
    return channel if is_channel_id(channel) or channel.startswith("#") else f"#{channel}"


def unknown_outcome(code: str, channel: str, why: str) -> SlackError:
    """The error for a call of which nobody knows whether it took effect."""
    return SlackError(code, f"it is not known whether Slack took the call for {channel}: {why}", ambiguous=True)


def unanswered(code: str, call: str, why: str) -> SlackError:
    """The error for a call that changes nothing and was not answered: it may simply be made again."""
    return SlackError(code, f"Slack gave no usable answer to {call}: {why}", STATUS, retry_after=PAUSE)


def unreachable(host: str) -> SlackError:
    """The error for a call that never left: there was no connection."""
    return SlackError(
        "unreachable", f"no connection to {host}", "check the network and RISKBOT_SLACK_API_URL", retry_after=PAUSE
    )


def require_fit(payload: Mapping[str, Any]) -> None:
    """Pass a payload that keeps Slack's limits. Raises SlackError, `invalid_blocks`, naming the first it breaks."""
    if wrong := problems(payload):
        raise SlackError("invalid_blocks", f"a message for {payload.get('channel')} is unfit: {wrong[0]}", _DEFECT)
