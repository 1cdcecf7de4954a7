"""What a thread's reply says, and that it can be understood by itself."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from riskbot.model import Claim, Reason, Standing, Story
from riskbot.model.saying import News, Reply
from riskbot.policy.alerting import Policy, decide
from riskbot.slack.limits import problems
from riskbot.slack.replies import UNEDITABLE, build
from tests.builders import article, reading
from tests.slacknews import (
    ALSO_DENIED,
    CONFIRMED,
    DENIED,
    HEADLINE,
    LONG,
    OFFICIAL,
    ORIGIN,
    PERMALINK,
    REPLIES,
    RETRACTED,
    TOLD_OF,
    TOPIC,
    news,
    reply,
)
from tests.slackpayloads import elements, golden, words
from tests.slacksummaries import FULL, TOLD

PARENT = "1763199240.000100"
LOUD = {"denied", "confirmed", "official_action", "retracted", "level_raised", "bundled"}


def said(of: Reply, **fields: Any) -> dict[str, Any]:
    return build(of, **({"channel": "risk", "key": "k1", "thread_ts": PARENT} | fields))


def lines(payload: dict[str, Any]) -> list[str]:
    """What each section, quote and small line of a payload says."""
    kinds = ("rich_text_section", "rich_text_quote", "plain_text")
    found = [each for each in elements(payload["blocks"]) if each.get("type") in kinds]
    return ["".join(part.get("text", "") for part in each.get("elements", [each])) for each in found]


@pytest.mark.parametrize("name", REPLIES)
def test_the_reply_is_exactly_the_golden_one(name: str, pytestconfig: pytest.Config) -> None:
    place = {"thread_ts": None} if REPLIES[name].link else {"broadcast": name in LOUD}
    payload = said(REPLIES[name], **place)
    assert problems(payload) == []
    golden(f"reply_{name}", payload, update=pytestconfig.getoption("--update-golden"))


@pytest.mark.parametrize(
    ("what", "lead", "quote"),
    [
        (DENIED, "Denied by Alibaba", "The company called the assertions “complete nonsense”."),
        (ALSO_DENIED, "Also denied by the Chinese embassy", "The embassy said the claim twists the facts."),
        (CONFIRMED, "Confirmed by someone not named", "Two officials confirmed the memo."),
        (OFFICIAL, "Official act by US Department of Defense", "The department listed the company."),
        (RETRACTED, "Retracted by Financial Times", "The paper has withdrawn the report."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_standing_is_told_with_its_speaker_and_sentence(what: Any, lead: str, quote: str) -> None:
    payload = said(reply(what))
    assert lines(payload)[:2] == [lead, quote]
    assert payload["text"].startswith(f"{lead}. High, ")


def test_the_article_that_brought_it_is_linked_with_its_time() -> None:
    payload = said(reply(DENIED))
    (link,) = [each for each in elements(payload) if each.get("type") == "link"]
    assert (link["text"], link["url"]) == ("Reuters", "https://www.reuters.com/x?a=1&b=2")
    assert any(each.get("type") == "date" for each in elements(payload))


def test_every_reply_ends_with_how_the_story_stands_and_its_name() -> None:
    assert lines(said(reply(DENIED)))[-1].endswith(" · Alibaba · Story s1")
    assert lines(said(reply(DENIED)))[-1].startswith("🟠 High · ")


def test_what_else_the_same_article_brought_is_said_too() -> None:
    assert "Denied by Joe Tsai: “The chairman said none of it is true.”" in lines(said(reply(OFFICIAL)))


def test_a_topic_an_origin_and_a_level_are_told_in_the_words_of_the_decision_with_the_title() -> None:
    assert lines(said(reply(TOPIC)))[:2] == ["New topic: sanctions", "“Title of a2”"]
    assert lines(said(reply(ORIGIN)))[:2] == ["New origin: Reuters", "“Title of a3”"]


def test_an_edited_headline_is_told_as_it_was_and_as_it_is() -> None:
    shown = lines(said(reply(HEADLINE)))
    assert shown[1:3] == ["Before: “Alibaba ‘arms’ China, memo says”", f"Now: “{FULL.headline}”"]


def test_the_headline_before_is_read_from_what_the_policy_writes() -> None:
    before = replace(TOLD_OF, headline="An older wording")
    told = Story("s1", (), told={"risk": "a1"})
    decision = decide(
        reading(article(id="a1")),
        "risk",
        story=told,
        before=before,
        after=TOLD_OF,
        policy=Policy(channel="risk"),
        now=TOLD,
        first_poll=False,
    )
    shown = lines(said(reply(News(decision.reason, decision.why, decision.article, TOLD))))
    assert shown[:2] == ["Headline edited", "Before: “An older wording”"]


def test_a_claim_that_the_ledger_holds_no_more_is_told_in_the_words_of_the_decision() -> None:
    gone = reply(DENIED, summary=replace(TOLD_OF, claims=()))
    assert lines(said(gone))[0] == "First denied in the story, by Alibaba"


def test_an_article_that_left_the_story_has_no_source_line() -> None:
    payload = said(reply(news(Reason.NEW_TOPIC, "gone", "new topic: memo")))
    assert lines(payload)[0] == "New topic: memo"
    assert not [each for each in elements(payload) if each.get("type") in ("link", "date")]


def test_several_things_are_told_in_order_and_each_once() -> None:
    shown = lines(said(reply(DENIED, ALSO_DENIED, DENIED)))
    assert [line for line in shown if line.startswith(("Denied by", "Also denied"))] == [
        "Denied by Alibaba",
        "Also denied by the Chinese embassy",
    ]


def test_the_second_thing_of_one_article_does_not_repeat_the_article() -> None:
    payload = said(reply(DENIED, ORIGIN))
    assert "New origin: Reuters" in lines(payload)
    assert len([each for each in elements(payload) if each.get("type") == "link"]) == 1


def test_more_than_six_things_are_counted() -> None:
    many = [news(Reason.NEW_TOPIC, f"a{n}", f"new topic: t{n}") for n in range(9)]
    assert "+3 more that is new: the story's message shows how it stands" in lines(said(reply(*many)))
    assert "; new topic: t2; +6 more. High" in said(reply(*many))["text"]


def test_only_a_broadcast_reply_is_shown_in_the_channel_and_only_a_thread_has_one() -> None:
    assert said(reply(DENIED), broadcast=True)["reply_broadcast"] is True
    assert said(reply(DENIED))["thread_ts"] == PARENT
    assert "reply_broadcast" not in said(reply(DENIED))
    assert not {"thread_ts", "reply_broadcast"} & set(said(reply(DENIED), thread_ts=None))


def test_a_message_that_can_no_longer_be_edited_is_said_to_be_one() -> None:
    assert lines(said(reply(uneditable=True)))[0] == UNEDITABLE
    assert said(reply(uneditable=True))["text"].startswith("The message above can no longer be edited.")
    assert lines(said(reply(DENIED, uneditable=True)))[:2] == [UNEDITABLE, "Denied by Alibaba"]


def test_a_message_of_its_own_shows_the_story_and_links_its_first_message() -> None:
    payload = said(reply(RETRACTED, link=PERMALINK), thread_ts=None)
    assert payload["blocks"][0]["type"] == "header"
    links = [each["url"] for each in elements(payload) if each.get("type") == "link"]
    assert links[:2] == [FULL.headline_url, PERMALINK]


def test_where_the_first_message_is_gone_that_is_said() -> None:
    shown = lines(said(reply(RETRACTED), thread_ts=None))
    assert "More on a story told before, whose first message is out of reach." in shown


def test_only_a_message_of_its_own_can_be_answered() -> None:
    alone, threaded = (said(reply(RETRACTED), interactive=True, thread_ts=ts) for ts in (None, PARENT))
    assert [block["type"] for block in alone["blocks"]][-2:] == ["actions", "context"]
    assert all(block["type"] != "actions" for block in threaded["blocks"])


def test_all_sources_are_listed_newest_first() -> None:
    payload = said(reply(sources=True))
    listed = [each for each in elements(payload) if each.get("type") == "rich_text_list"]
    labels = [item["elements"][0]["text"] for item in listed[0]["elements"]]
    assert labels == [source.label for source in reversed(TOLD_OF.sources)]


def test_more_sources_than_a_message_holds_are_counted() -> None:
    payload = said(reply(sources=True, summary=LONG))
    assert problems(payload) == []
    assert "+56 older ones: riskbot stories show s1" in words(payload)


def test_a_banner_and_may_repeat_come_first() -> None:
    payload = said(reply(DENIED), banner="REPLAY, not live", may_repeat=True)
    assert lines(payload)[0] == "REPLAY, not live"
    assert lines(payload)[1].startswith("May repeat: ")
    assert payload["text"].startswith("REPLAY, not live: May repeat: Denied by Alibaba")


def test_an_edit_of_a_reply_names_it_and_not_its_thread() -> None:
    assert set(said(reply(sources=True), ts=PARENT)) == {
        *("channel", "ts", "text", "blocks", "parse", "link_names", "metadata"),
    }


def test_hostile_words_stay_words() -> None:
    payload = said(REPLIES["hostile"], thread_ts=None)
    assert all(each.get("type") != "mrkdwn" for each in elements(payload["blocks"]))
    assert not re.search("[<>\u202e]", payload["text"])
    links = [each["url"] for each in elements(payload) if each.get("type") == "link"]
    assert links == []
    assert "*bold*" in json.dumps(payload["blocks"])


def test_a_very_long_reply_says_less_rather_than_being_refused() -> None:
    long = "https://news.example/" + "x" * 1900
    summary = replace(
        TOLD_OF,
        sources=tuple(replace(source, url=long) for source in TOLD_OF.sources),
        claims=tuple(Claim(Standing.DENIED, '"' * 99, '"' * 900, f"a{n}") for n in range(1, 8)),
    )
    every = [news(Reason.DENIED, f"a{n}", f"denied {n}") for n in range(1, 8)]
    payload = said(reply(*every, summary=summary))
    assert problems(payload) == []
    assert "+5 more that is new" in words(payload)


def test_a_message_of_its_own_shows_who_is_on_the_story() -> None:
    alone = replace(reply(DENIED), link=PERMALINK, owner="ann")

    assert "Owner: @ann" in lines(said(alone, thread_ts=None))
    assert "Owner: @ann" not in lines(said(alone))


def test_a_muted_story_can_be_unmuted_at_a_message_of_its_own() -> None:
    of = reply(DENIED)
    silent = replace(of, link=PERMALINK, summary=replace(of.summary, muted="Muted by ann"))

    assert "unmute:s1" in json.dumps(said(silent, thread_ts=None, interactive=True))
