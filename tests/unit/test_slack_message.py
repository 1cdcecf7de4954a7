"""What a Slack message says, and what it never does."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from riskbot.model import Level, Standing, Summary
from riskbot.slack.buttons import MUTE, NOT_USEFUL, OWN, SAME, USEFUL, WHY, muted
from riskbot.slack.limits import problems
from riskbot.slack.message import build
from tests.slackpayloads import elements, golden, words
from tests.slacksummaries import BARE, FULL, HOSTILE, POSSIBLE, PUBLISHED, TOLD, source


def message(summary: Summary, **fields: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"channel": "risk", "key": "k1", "told": TOLD}
    return build(summary, **(usual | fields))


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("new", message(FULL)),
        ("update", message(FULL, channel="C00000001", key="k2", ts="1763199240.000100")),
        ("possible", message(POSSIBLE)),
        ("nothing_known", message(BARE, told=None)),
        ("hostile", message(HOSTILE)),
        ("replay", message(replace(FULL, sources=FULL.sources[:1], articles=1), banner="REPLAY, not live")),
        ("interactive", message(FULL, owner="jane", interactive=True, may_repeat=True, threaded=True)),
        ("merged", message(replace(FULL, merged_into="s7"), ts="1763199240.000100", interactive=True)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_payload_is_exactly_the_golden_one(name: str, payload: dict[str, Any], pytestconfig: pytest.Config) -> None:
    assert problems(payload) == []
    golden(name, payload, update=pytestconfig.getoption("--update-golden"))


def test_a_muted_story_says_so_in_its_small_print_and_its_menu_ends_it() -> None:
    payload = message(replace(FULL, muted="Muted by ben until 2025-11-18 09:00 UTC"), interactive=True)
    open_one = message(FULL, interactive=True)

    assert problems(payload) == []
    assert payload["blocks"][-2]["elements"][0]["text"] == "Muted by ben until 2025-11-18 09:00 UTC"
    assert "Muted" not in json.dumps(open_one)
    menus = [next(e for e in elements(each) if e.get("action_id") == MUTE) for each in (payload, open_one)]
    values = [[option["value"] for option in menu["options"]] for menu in menus]
    assert [muted(value) for value in values[0]][-1] == ("unmute", "s1")
    assert values[0][:-1] == values[1]


def test_the_header_gives_level_standing_and_company() -> None:
    accused = replace(FULL, standings=(Standing.ALLEGED, Standing.DENIED, Standing.UNVERIFIED))
    assert message(accused)["blocks"][0]["text"]["text"] == "🟠 High · Alleged, denied · Alibaba"


@pytest.mark.parametrize(("level", "circle"), list(zip(Level, "⚪🟡🟠🔴", strict=True)))
def test_each_level_has_its_circle(level: Level, circle: str) -> None:
    assert message(replace(FULL, level=level))["blocks"][0]["text"]["text"].startswith(circle)


def test_not_verified_stands_in_the_header_only_when_nothing_else_is_known() -> None:
    alone = replace(FULL, standings=(Standing.UNVERIFIED,))
    assert "· Not verified ·" in message(alone)["blocks"][0]["text"]["text"]
    unconfirmed = replace(alone, confirmations=0, official=0)
    assert message(unconfirmed)["text"].startswith("High, not verified: Alibaba")
    assert message(unconfirmed)["text"].count("not verified") == 1


def test_a_story_of_which_nobody_claims_anything_is_headed_as_not_confirmed() -> None:
    silent = replace(FULL, standings=(), claims=(), confirmations=0, official=0)
    assert message(silent)["blocks"][0]["text"]["text"] == "🟠 High · Not confirmed · Alibaba"


def test_a_story_that_stands_on_possibilities_alone_says_so_where_it_is_read_first() -> None:
    may_be = replace(POSSIBLE, standings=(Standing.ALLEGED, Standing.UNVERIFIED))
    assert message(POSSIBLE)["blocks"][0]["text"]["text"] == "🟠 High · Possible · Alibaba"
    assert message(POSSIBLE)["text"].startswith("High, possibly: Alibaba, sanctions, export bans. Alibaba may face")
    assert message(may_be)["blocks"][0]["text"]["text"] == "🟠 High · Possible, alleged · Alibaba"
    assert message(may_be)["text"].startswith("High, possible and alleged: Alibaba, ")


def test_a_story_with_one_topic_that_is_a_fact_is_not_called_possible() -> None:
    assert "ossibl" not in message(FULL)["text"] + message(FULL)["blocks"][0]["text"]["text"]


def test_a_retraction_is_the_first_standing_that_is_read() -> None:
    taken_back = replace(FULL, standings=(Standing.ALLEGED, Standing.DENIED, Standing.RETRACTED))
    assert message(taken_back)["blocks"][0]["text"]["text"] == "🟠 High · Retracted, alleged, denied · Alibaba"
    assert message(taken_back)["text"].startswith("High, retracted, alleged and denied: Alibaba")
    never_was = replace(POSSIBLE, standings=(Standing.ALLEGED, Standing.RETRACTED))
    assert message(never_was)["blocks"][0]["text"]["text"] == "🟠 High · Retracted, possible, alleged · Alibaba"


def test_the_notification_reads_as_a_sentence() -> None:
    story = replace(
        FULL,
        headline="White House memo",
        topics=("military",),
        standings=(Standing.ALLEGED, Standing.DENIED, Standing.UNVERIFIED),
        origins=("Financial Times",),
        confirmations=0,
        official=0,
    )
    expected = "High, alleged and denied: Alibaba, military. White House memo, per Financial Times; not verified."
    assert message(story)["text"] == expected
    assert message(story, banner="REPLAY, not live")["text"] == f"REPLAY, not live: {expected}"


def test_a_confirmed_story_is_not_called_unverified() -> None:
    assert "not verified" not in message(FULL)["text"]
    assert "not confirmed" not in message(FULL)["text"]


def test_a_story_nobody_confirmed_says_so() -> None:
    story = replace(FULL, standings=(Standing.ALLEGED,), confirmations=0, official=0)
    assert message(story)["text"].endswith("; not confirmed.")


def test_the_evidence_line_counts_with_the_right_grammar() -> None:
    story = replace(
        FULL, claims=(), articles=5, origins=("Financial Times",), origins_read=(), confirmations=0, official=0
    )
    line = "5 articles · 1 origin (Financial Times, original not read) · 0 confirmations · 0 official acts"
    assert line in words(message(story))
    single = replace(story, articles=1, confirmations=1, official=1, sources=story.sources[:1])
    assert "1 article · 1 origin" in words(message(single))
    assert "· 1 confirmation · 1 official act" in words(message(single))


def test_a_topic_met_only_as_a_possibility_is_said_to_be_one() -> None:
    assert "Only as a possibility: sanctions (3 articles)" in words(message(FULL))


def test_the_matched_words_of_the_sentence_are_bold_by_style() -> None:
    quote = next(e for e in elements(message(FULL)) if e.get("type") == "rich_text_quote")
    bold = [e["text"] for e in quote["elements"] if e.get("style") == {"bold": True}]
    assert bold == ["memo", "Alibaba", "military"]
    assert "".join(e["text"] for e in quote["elements"]) == FULL.sentence


def test_a_long_sentence_is_cut_so_that_the_matched_words_are_seen() -> None:
    quote = next(e for e in elements(message(HOSTILE)) if e.get("type") == "rich_text_quote")
    assert [e["text"] for e in quote["elements"] if e.get("style")] == ["Alibaba", "<!channel>"]
    assert quote["elements"][0]["text"].startswith("…lead lead")


def test_five_sources_are_listed_and_the_rest_counted() -> None:
    shown = words(message(FULL)).splitlines()[-2]
    assert shown.startswith("Sources")
    assert shown.endswith("+2 more. All of them: riskbot stories show s1")
    links = [e["url"] for e in elements(message(FULL)) if e.get("type") == "link"]
    assert links == [FULL.headline_url, *(s.url for s in (FULL.sources[0], *FULL.sources[3:]))]


def test_sources_without_room_are_said_to_be_in_the_thread_only_where_they_are() -> None:
    assert "+2 more in the thread" in words(message(FULL, threaded=True))
    assert "in the thread" not in words(message(FULL))


def test_every_listed_source_with_an_address_is_linked_by_its_label_with_its_time() -> None:
    five = replace(FULL, sources=FULL.sources[:5], articles=5)
    listed = [e for e in elements(message(five)["blocks"][-2]) if e.get("type") == "rich_text_list"]
    items = [item["elements"] for item in listed[0]["elements"]]
    assert [(i[0]["text"], i[0].get("url")) for i in items] == [(s.label, s.url) for s in five.sources]
    times = [next((e["timestamp"] for e in i if e["type"] == "date"), None) for i in items]
    assert times == [int(s.published.timestamp()) if s.published else None for s in five.sources]
    assert any("repost of CNBC" in e["text"] for e in items[4] if e["type"] == "text")
    assert "+" not in words(message(five)).splitlines()[-2]


def test_a_source_that_cannot_be_opened_is_told_by_its_title() -> None:
    shown = words(message(replace(FULL, sources=(source("a2", "unknown outlet", None, outlet=None),), articles=1)))
    assert "unknown outlet · “Title of a2” · " in shown
    assert "Title of a1" not in words(message(replace(FULL, sources=FULL.sources[:1])))


def test_an_outlet_whose_link_leads_to_another_is_named_beside_it() -> None:
    repost = source("a1", "cnbc.com", "https://www.cnbc.com/a", outlet="MEXC", repost_of="CNBC")
    assert "MEXC · cnbc.com · " in words(message(replace(FULL, sources=(repost,), articles=1)))


def test_the_last_line_gives_rules_story_and_how_long_it_took() -> None:
    last = message(FULL)["blocks"][-1]
    assert last["type"] == "context"
    assert last["elements"][0]["text"] == "Rules: alibaba-military, alibaba-memo · Story s1"
    moments = re.findall(r"(\w+) <!date\^(\d+)\^", last["elements"][1]["text"])
    assert [m for m, _ in moments] == ["published", "seen", "told"]
    assert int(moments[0][1]) == int(PUBLISHED.timestamp())


def test_an_unknown_time_is_said_to_be_unknown() -> None:
    assert message(BARE, told=None)["blocks"][-1]["elements"][1]["text"] == "published: not known → seen: not known"


def test_a_banner_is_the_first_thing_in_the_blocks() -> None:
    first = message(FULL, banner="REPLAY, not live")["blocks"][0]
    assert first == {
        "type": "context",
        "elements": [{"type": "plain_text", "text": "REPLAY, not live", "emoji": False}],
    }


def test_a_post_turns_markup_naming_and_unfurling_off_and_carries_only_the_key() -> None:
    payload = message(FULL)
    off = ("mrkdwn", "link_names", "unfurl_links", "unfurl_media")
    assert [payload[name] for name in off] == [False] * 4
    assert payload["parse"] == "none"
    assert payload["metadata"] == {"event_type": "riskbot_alert", "event_payload": {"key": "k1"}}
    assert "ts" not in payload


def test_an_update_names_the_message_and_nothing_that_chat_update_does_not_know() -> None:
    payload = message(FULL, ts="1763199240.000100")
    assert set(payload) == {"channel", "ts", "text", "blocks", "parse", "link_names", "metadata"}


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_buttons_carry_the_story_and_stand_before_the_last_line() -> None:
    *_, actions, last = message(FULL, interactive=True)["blocks"]
    assert (actions["type"], last["type"]) == ("actions", "context")
    ids = [each["action_id"] for each in actions["elements"]]
    assert ids == [OWN, WHY, MUTE, USEFUL, NOT_USEFUL, SAME]
    assert [each["value"] for each in actions["elements"] if each["type"] == "button"] == ["s1"] * 5
    options = [option["value"] for option in actions["elements"][2]["options"]]
    assert [muted(value) for value in options] == [("1h", "s1"), ("1d", "s1"), ("material", "s1")]


@pytest.mark.parametrize("value", ["s1", "2h:s1", "1h:", ""])
def test_a_value_that_no_mute_menu_holds_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="no option of the mute menu"):
        muted(value)


def test_without_anyone_to_hear_a_press_there_are_no_buttons() -> None:
    assert all(block["type"] != "actions" for block in message(FULL)["blocks"])


def test_a_merged_story_points_to_the_older_one_and_is_answered_as_it() -> None:
    payload = message(replace(FULL, merged_into="s7"), interactive=True)
    assert words(payload).splitlines()[1].startswith("Story s1 is part of story s7 now.")
    assert all(each["value"] == "s7" for each in elements(payload) if each.get("type") == "button")


def test_the_owner_is_named_without_being_pinged() -> None:
    shown = next(b for b in message(FULL, owner="@jane")["blocks"] if "Owner" in json.dumps(b))
    assert shown["elements"] == [{"type": "plain_text", "text": "Owner: @jane", "emoji": False}]
    assert "Owner: @<!channel>" in words(message(FULL, owner="<!channel>"))


@pytest.mark.parametrize(
    ("hours", "said"), [(1.0, None), (1.6, "Told 96 minutes after"), (30.0, "Told 30 hours after")]
)
def test_a_story_told_late_says_how_old_it_was(hours: float, said: str | None) -> None:
    first = words(message(FULL, told=PUBLISHED + timedelta(hours=hours))).splitlines()[0]
    assert first.startswith(said or "🟠 High")
    assert words(message(replace(FULL, published=None), told=TOLD)).startswith("🟠 High")


def test_a_message_that_may_stand_twice_says_so_first() -> None:
    assert words(message(FULL, may_repeat=True)).startswith("May repeat: Slack could not say")
    assert message(FULL, may_repeat=True)["text"].startswith("May repeat: High, ")
    assert "repeat" not in words(message(FULL))


# ── text from outside ────────────────────────────────────────────────────────────────────────────────────────────


def test_hostile_text_stands_only_where_slack_reads_no_markup() -> None:
    for element in elements(message(HOSTILE)["blocks"]):
        if element.get("type") == "mrkdwn":
            said = re.sub(r"<!date\^\d+\^[^|<>]*\|[^|<>]*>", "", element["text"])
            assert re.fullmatch(r"published  → seen  → told ", said)


def test_nothing_in_the_fallback_can_name_a_channel_or_a_person() -> None:
    text = message(HOSTILE)["text"]
    assert "<" not in text
    assert ">" not in text
    assert "&lt;!channel&gt;" in text
    assert "&amp;lt;@U123&amp;gt;" in text  # it was escaped text in the headline and stays what it was


def test_only_http_links_to_the_host_they_name_are_made() -> None:
    links = [e["url"] for e in elements(message(HOSTILE)) if e.get("type") == "link"]
    assert links == ["http://fine.example/?q=%3C!channel%3E&x=*y*"]


def test_control_and_bidirectional_characters_are_dropped() -> None:
    sent = json.dumps(message(HOSTILE), ensure_ascii=False)
    assert not re.search("[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", sent)
    assert "\\n\\u001b" not in sent
    assert "👩\u200d👩\u200d👧" in sent  # the joiners of an emoji stay


def test_a_long_headline_is_cut_at_a_word() -> None:
    headline = message(HOSTILE)["blocks"][1]["elements"][0]["elements"][0]["text"]
    assert len(headline) <= 300
    assert headline.endswith((" very…", " long…"))


def test_a_message_whose_addresses_are_very_long_lists_fewer_sources() -> None:
    long = [f"https://news.example/{n}?" + "x" * 1900 for n in range(5)]
    story = replace(FULL, sources=tuple(source(f"a{n}", "News", url) for n, url in enumerate(long)), articles=5)
    payload = message(replace(story, headline_url=long[0] + "y"))
    assert problems(payload) == []
    shown = [e for e in elements(payload) if e.get("type") == "link"]
    assert len(shown) == 4  # the headline and three sources
    assert "+2 more" in words(payload)
