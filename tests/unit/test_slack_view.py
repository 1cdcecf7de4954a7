"""A payload in the terminal says what it says in Slack."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from riskbot.cli.slackview import show
from riskbot.model import Summary
from riskbot.slack import digest, replies
from riskbot.slack.message import build
from riskbot.slack.notice import render_notice
from tests.slacknews import DIGESTS, REPLIES
from tests.slacksummaries import BARE, FULL, HOSTILE, TOLD


def shown(
    summary: Summary, *, width: int = 80, colour: bool = False, banner: str | None = None, ts: str | None = None
) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=colour, color_system="truecolor" if colour else None)
    show(build(summary, channel="risk", key="k1", told=TOLD, banner=banner, ts=ts), console)
    return out.getvalue()


def unwrapped(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


def test_everything_the_message_says_is_printed() -> None:
    said = unwrapped(shown(FULL))
    for part in (
        "#risk",
        "🟠 High · Retracted, alleged, denied",
        "Alibaba falls after memo says it helps the Chinese military (www.cnbc.com) — CNBC",
        FULL.sentence,
        "Denied · Alibaba: “The company called the assertions nonsense.” · also the Chinese embassy",
        "Only as a possibility: sanctions (3 articles)",
        "• www.ft.com · 2025-11-15 09:30 UTC",
        "+2 more",
        "Rules: alibaba-military, alibaba-memo · Story s1",
        "published 2025-11-15 09:30 UTC → seen 2025-11-15 09:33 UTC → told 2025-11-15 09:34 UTC",
        "As a notification: High, retracted, alleged",
    ):
        assert part in said


def test_a_link_shows_where_it_leads_unless_its_label_is_the_host() -> None:
    said = unwrapped(shown(FULL))
    assert "CNBC (www.cnbc.com)" in said
    assert "www.ft.com (www.ft.com)" not in said


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("summary", [FULL, BARE, HOSTILE], ids=["full", "bare", "hostile"])
def test_it_fits_any_terminal_and_is_plain_when_piped(width: int, summary: Summary) -> None:
    said = shown(summary, width=width)
    assert "\x1b" not in said
    assert max(cell_len(line) for line in said.splitlines()) <= width


def test_matched_words_are_highlighted_and_links_clickable_in_a_terminal() -> None:
    said = shown(FULL, colour=True)
    assert "\x1b[1;3;30;43mmilitary\x1b[0m" in said
    assert ";https://www.cnbc.com/2025/11/15/alibaba-memo.html\x1b\\" in said


def test_hostile_text_is_printed_as_text_without_escapes_of_its_own() -> None:
    assert "[31mred" in unwrapped(shown(replace(HOSTILE, sentence="x [31mred [bold]y[/bold]", marks=())))
    assert "[bold]y[/bold]" in unwrapped(shown(replace(HOSTILE, sentence="x [bold]y[/bold]", marks=())))


def test_a_replay_and_an_update_are_seen_to_be_one() -> None:
    said = shown(FULL, banner="REPLAY, not live", ts="1.000001")
    assert said.index("REPLAY, not live") < said.index("🟠")
    assert "message 1.000001 brought up to date" in said


def test_a_notice_is_shown_with_its_channel() -> None:
    out = io.StringIO()
    show(render_notice("Rules live: +1 rule", channel="ops", key="k1"), Console(file=out, width=80))
    said = unwrapped(out.getvalue())
    assert "#ops" in said
    assert said.count("Rules live: +1 rule") == 2  # in the message, and as a notification


def test_a_reply_is_shown_with_its_thread_and_whether_the_channel_sees_it() -> None:
    out = io.StringIO()
    console = Console(file=out, width=120)
    for broadcast in (False, True):
        payload = replies.build(REPLIES["denied"], channel="risk", key="k1", thread_ts="1.000001", broadcast=broadcast)
        show(payload, console)
    quiet, loud = out.getvalue().split("As a notification:")[:2]
    assert "#risk · in the thread of 1.000001 ─" in quiet
    assert "#risk · in the thread of 1.000001, shown in the channel too ─" in loud
    assert "Denied by Alibaba" in quiet


def test_buttons_and_what_a_menu_offers_are_shown() -> None:
    out = io.StringIO()
    payload = build(FULL, channel="risk", key="k1", told=TOLD, interactive=True)
    show(payload, Console(file=out, width=120))
    said = unwrapped(out.getvalue())
    assert "[ I'm on it ] [ Why? ] [ Mute story: for 1 hour | for 1 day | until something material ]" in said


@pytest.mark.parametrize("name", DIGESTS)
def test_a_digest_fits_a_terminal(name: str) -> None:
    out = io.StringIO()
    show(digest.build(DIGESTS[name], channel="risk", key="k1"), Console(file=out, width=60))
    assert max(cell_len(line) for line in out.getvalue().splitlines()) <= 60
