"""The channels that a token sees, as far as Slack lists them.

What always holds: a token without the scope for private channels still gets the public ones; what was listed before
Slack failed is kept, and it is said why there may be more. Deliberately absent: what is done with a channel.
Source: https://docs.slack.dev/reference/methods/conversations.list (each type of channel has a scope of its own).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from riskbot.errors import SlackError
from riskbot.slack.client import Json, SlackClient

PAGE = 200  # Slack's advice for one page of anything
PUBLIC, BOTH = "public_channel", "public_channel,private_channel"


@dataclass(slots=True)
class Listed:
    """What came of listing them."""

    known: dict[str, Json] = field(default_factory=dict)  # by name and by id
    private: SlackError | None = None  # why private ones are not among them; None: they are
    failed: SlackError | None = None  # why there may be more of those that were asked for


async def channels(client: SlackClient, *, archived: bool, wanted: str | None = None) -> Listed:
    """Every channel, or those up to the page on which the one of this name stands. Raises nothing."""
    listed = Listed()
    cursor = ""
    while wanted is None or wanted not in listed.known:
        types = PUBLIC if listed.private else BOTH
        params: Json = {"types": types, "exclude_archived": not archived, "limit": PAGE}
        try:
            page = await client.read("conversations.list", params | ({"cursor": cursor} if cursor else {}))
        except SlackError as error:
            if error.code != "missing_scope" or listed.private:
                listed.failed = error
                return listed
            listed.private, cursor = error, ""
            continue
        for each in page.get("channels", []):
            listed.known[each["name"]] = listed.known[each["id"]] = each
        cursor = following(page)
        if not cursor:
            return listed
    return listed


def following(page: Json) -> str:
    """The cursor of the page after this one; empty: this is the last."""
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")
