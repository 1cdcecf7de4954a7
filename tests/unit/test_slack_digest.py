"""A digest gives every story its line or its place in a count, the gravest first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from riskbot.model import Level, Standing
from riskbot.model.saying import Digest, DigestLine
from riskbot.policy.saying import line_of
from riskbot.slack.digest import build
from riskbot.slack.limits import problems
from tests.slacknews import DIGESTS, PERMALINK, line
from tests.slackpayloads import elements, golden, words
from tests.slacksummaries import FULL, POSSIBLE


def said(digest: Digest, **fields: Any) -> dict[str, Any]:
    return build(digest, channel="risk", key="k1", **fields)


def items(payload: dict[str, Any]) -> list[str]:
    """What each line of a list says."""
    lists = [each for each in elements(payload) if each.get("type") == "rich_text_list"]
    return ["".join(e.get("text", "") for e in item["elements"]) for each in lists for item in each["elements"]]


@pytest.mark.parametrize("name", DIGESTS)
def test_the_digest_is_exactly_the_golden_one(name: str, pytestconfig: pytest.Config) -> None:
    payload = said(DIGESTS[name])
    assert problems(payload) == []
    golden(f"digest_{name}", payload, update=pytestconfig.getoption("--update-golden"))


def test_the_gravest_come_first_whatever_their_order() -> None:
    stories = [item.split(" · ")[0] for item in items(said(DIGESTS["daily"]))[:5]]
    assert stories == [f"Headline of story {number}" for number in (2, 4, 3, 5, 1)]
    bold = [e["text"] for e in elements(said(DIGESTS["daily"])) if e.get("style") and e["type"] == "text"]
    assert bold[:4] == ["🔴 Critical", "🟠 High", "🟡 Medium", "⚪ Low"]


def test_a_line_gives_headline_outlet_count_standing_owner_and_both_links() -> None:
    payload = said(replace(DIGESTS["daily"], lines=(line(4, Level.HIGH, owner="@wei", permalink=PERMALINK),)))
    (item, *_) = items(payload)
    assert item.startswith("Headline of story 4 · Reuters · 4 articles · alleged, denied · owner: @wei · story s4")
    links = [each["url"] for each in elements(payload) if each.get("type") == "link"]
    assert links == ["https://news.example/4", PERMALINK]


def test_a_grave_story_without_an_owner_says_so_and_a_lesser_one_does_not() -> None:
    grave, lesser = (said(replace(DIGESTS["quiet"], lines=(line(1, level),))) for level in (Level.HIGH, Level.MEDIUM))
    assert "no owner" in words(grave)
    assert "owner" not in words(lesser)


def test_what_was_blind_and_muted_stands_at_the_end() -> None:
    payload = said(DIGESTS["daily"])
    *_, blind, muted = [words({"blocks": [block]}) for block in payload["blocks"]]
    assert blind == "Not seen meanwhilecnbc-top: no answer for 3 hoursft-home: 404 Not Found"
    assert muted == "Held back by silencess9 Tesla, until Monday (Jane: known)"


def test_the_notification_counts_by_level_and_names_the_gravest() -> None:
    assert said(DIGESTS["daily"])["text"] == (
        "Daily digest: 5 stories (1 critical, 1 high, 2 medium, 1 low). Gravest, alleged and denied: Headline of story "
        "2, per Reuters. Not seen meanwhile: cnbc-top: no answer for 3 hours, ft-home: 404 Not Found."
    )


def test_the_notification_counts_stories_of_one_level_once() -> None:
    def heard(*lines: DigestLine) -> str:
        return str(said(replace(DIGESTS["quiet"], lines=lines))["text"])

    assert heard(line(1), line(2)) == (
        "Quiet hours: 2 medium stories. First, alleged and denied: Headline of story 1, per Reuters."
    )
    assert heard(line(1, standings="possible")) == (
        "Quiet hours: 1 medium story, possible: Headline of story 1, per Reuters."
    )
    assert heard(line(1, standings="", outlet=None)) == "Quiet hours: 1 medium story: Headline of story 1."


def test_a_story_that_may_or_may_not_happen_is_called_possible_in_its_line() -> None:
    (item,) = items(said(replace(DIGESTS["quiet"], lines=(line_of(POSSIBLE),))))
    assert " · 2 articles · possible · no owner · story s1" in item
    (both,) = items(said(replace(DIGESTS["quiet"], lines=(line_of(replace(POSSIBLE, standings=(Standing.DENIED,))),))))
    assert " · possible, denied · " in both
    (fact,) = items(said(replace(DIGESTS["quiet"], lines=(line_of(FULL),))))
    assert "possible" not in fact


def test_a_digest_without_a_story_says_so() -> None:
    assert said(DIGESTS["quiet"])["text"] == "Quiet hours: no story."
    assert "no story" in words(said(DIGESTS["quiet"]))


def test_stories_without_room_are_counted_by_level() -> None:
    payload = said(DIGESTS["long"])
    stories = [item for item in items(payload) if "story s" in item]
    assert len(stories) == 18
    assert "+42 more: 12 medium, 30 low. All of them: riskbot stories list" in words(payload)


def test_very_long_addresses_cost_lines_and_never_the_digest() -> None:
    long = tuple(line(n, url="https://news.example/" + "x" * 1900) for n in range(30))
    payload = said(replace(DIGESTS["long"], lines=long))
    assert problems(payload) == []
    assert "+27 more of medium level. All of them: riskbot stories list" in words(payload)


def test_a_banner_and_may_repeat_come_first() -> None:
    payload = said(DIGESTS["quiet"], banner="REPLAY, not live", may_repeat=True)
    assert words(payload).splitlines()[0] == "REPLAY, not live"
    assert words(payload).splitlines()[1].startswith("May repeat: ")
    assert payload["text"].startswith("REPLAY, not live: May repeat: Quiet hours")
