"""The app manifest to paste into Slack, and the scopes that riskbot asks for, each with what it is for.

What always holds: an internal app with the least scopes; it reads history to look whether a message stands already,
never events; no address of ours is called, because Socket Mode calls out. `riskbot slack check` asks for the scopes
that stand here.
Source: https://docs.slack.dev/reference/app-manifest (version 1), https://docs.slack.dev/reference/scopes.
"""

from __future__ import annotations

from typing import Any

NAME_MAX = 35  # characters of an app's name
COMMAND = "/riskbot"

SCOPES = {
    "chat:write": "to post messages, edit them, reply in their threads and answer clicks",
    "channels:read": "to find the channels that the rules name",
    "channels:history": "to look whether a message of unknown outcome stands already, instead of posting it twice",
    "groups:read": "to find private channels that the rules name",
    "groups:history": "to look in private channels whether a message of unknown outcome stands already",
    "commands": "for /riskbot",
}
PRIVATE = frozenset({"groups:read", "groups:history"})  # needed only where a private channel is told
SPOKEN = frozenset({"commands"})  # needed only with Socket Mode


def manifest(name: str = "riskbot") -> dict[str, Any]:
    """The manifest as a value; `name` is cut to what Slack allows, and replaced where nothing is left of it."""
    shown = " ".join(name.split())[:NAME_MAX].strip() or "riskbot"
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": shown,
            "description": "Watches the news for companies in geopolitical trouble, and tells once per story.",
            "background_color": "#1f2937",
        },
        "features": {
            "bot_user": {"display_name": shown, "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "How riskbot is, why it told of a story, and what to be silent about",
                    "usage_hint": "status | own s12 | why s12 | mute story s12 1d | unmute s12",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }
