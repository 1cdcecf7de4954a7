"""When people are told of an article, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from riskbot.model import Decision, Level, Member, Modality, Reading, Reason, Source, Standing, Story, Summary
from riskbot.model.calm import ChannelPlan, Plan, Route
from riskbot.policy.alerting import Policy, Spoken, channels, decide
from tests.builders import NOW, TITLE, article, claim, hit, later, placement, reading

POLICY = Policy(channel="risk")
STORY = Story("s1", ())
TOLD = Story("s1", (), told={"risk": "a1"})
ASIDE = hit("alibaba", "sanctions", modality=Modality.POSSIBLE, prominent=False)
SAID = Summary(
    story="s1",
    headline=TITLE,
    headline_url=None,
    headline_outlet=None,
    level=Level.MEDIUM,
    score=45,
    companies=("Alibaba",),
    topics=("military",),
    possible={},
    sentence=TITLE,
    marks=(),
    standings=(Standing.ALLEGED,),
    claims=(claim(),),
    articles=1,
    outlets=(),
    origins=("Financial Times",),
    origins_read=(),
    confirmations=0,
    official=0,
    sources=(),
    rules=("alibaba-military",),
    published=None,
    seen=NOW,
)


def decided(given: Reading | None = None, **fields: Any) -> Decision:
    fields = {"story": STORY, "before": None, "after": SAID, "policy": POLICY, "now": NOW, "first_poll": False} | fields
    return decide(given or reading(), "risk", **fields)


def news(**changes: Any) -> tuple[Reason, str]:
    """What an article that joins a told story brings, when the story then says this."""
    changes = {"articles": 2} | changes
    made = decided(story=TOLD, before=SAID, after=replace(SAID, **changes))
    assert made.tell
    return made.reason, made.why


# ── a story that is new to the channel ───────────────────────────────────────────────────────────────────────────


def test_the_first_article_of_a_story_is_told() -> None:
    made = decided()
    assert (made.tell, made.reason, made.channel, made.article) == (
        True,
        Reason.NEW_STORY,
        "risk",
        reading().article.id,
    )
    assert "s1" in made.why


def test_an_article_that_found_no_story_is_recorded_not_told() -> None:
    made = decided(reading(article(), ASIDE), story=None, after=None)
    assert (made.tell, made.reason) == (False, Reason.ONLY_POSSIBLE)


def test_what_is_a_fact_for_one_channel_may_be_only_a_possibility_for_another() -> None:
    elsewhere = hit("alibaba", "military", channel="china")
    made = decided(reading(article(), elsewhere, ASIDE))
    assert (made.tell, made.reason) == (False, Reason.ONLY_POSSIBLE)
    assert decide(
        reading(article(), elsewhere, ASIDE),
        "china",
        story=STORY,
        before=None,
        after=SAID,
        policy=POLICY,
        now=NOW,
        first_poll=False,
    ).tell


def test_an_undated_entry_of_a_first_poll_is_recorded_not_told() -> None:
    made = decided(first_poll=True)
    assert (made.tell, made.reason) == (False, Reason.FIRST_POLL)
    assert "no date" in made.why


@pytest.mark.parametrize(("hours", "tell"), [(-1, True), (-24, True), (-25, False)])
def test_a_first_poll_tells_only_of_the_window(hours: int, tell: bool) -> None:
    made = decided(reading(article(published=later(hours=hours))), first_poll=True)
    assert (made.tell, made.reason) == (tell, Reason.NEW_STORY if tell else Reason.FIRST_POLL)


def test_a_decision_says_how_old_the_article_is() -> None:
    assert "25 hours" in decided(reading(article(published=later(hours=-25))), first_poll=True).why
    assert "4 days" in decided(reading(article(published=later(days=-4)))).why


@pytest.mark.parametrize(("hours", "tell"), [(-72, True), (-73, False)])
def test_what_is_too_old_is_recorded_not_told(hours: int, tell: bool) -> None:
    made = decided(reading(article(published=later(hours=hours))))
    assert (made.tell, made.reason) == (tell, Reason.NEW_STORY if tell else Reason.TOO_OLD)


def test_an_undated_article_of_a_later_poll_is_told() -> None:
    assert decided(reading(article(published=None))).tell


def test_the_windows_are_settings() -> None:
    policy = replace(POLICY, first_poll_window=timedelta(hours=1), too_old_after=timedelta(hours=2))
    old = reading(article(published=later(hours=-1.5)))
    assert decided(old, policy=policy, first_poll=True).reason is Reason.FIRST_POLL
    assert decided(old, policy=policy).tell
    assert decided(reading(article(published=later(hours=-3))), policy=policy).reason is Reason.TOO_OLD


# ── a story that the channel knows ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing.DENIED, Reason.DENIED),
        (Standing.CONFIRMED, Reason.CONFIRMED),
        (Standing.OFFICIAL, Reason.OFFICIAL_ACTION),
        (Standing.RETRACTED, Reason.RETRACTED),
    ],
)
def test_the_first_of_a_standing_is_an_update_that_names_the_speaker(standing: Standing, reason: Reason) -> None:
    changes = {"standings": (Standing.ALLEGED, standing), "claims": (claim(), claim(standing, "Alibaba"))}
    assert news(**changes) == (reason, f"first {standing} in the story, by Alibaba")
    nameless = changes | {"claims": (claim(), claim(standing, None))}
    assert news(**nameless) == (reason, f"first {standing} in the story, by someone not named")


def test_a_second_denial_is_no_first_one() -> None:
    denied = replace(SAID, standings=(Standing.DENIED,), claims=(claim(Standing.DENIED),))
    made = decided(story=TOLD, before=denied, after=replace(denied, articles=2))
    assert made.reason is Reason.MORE_ARTICLES


def test_of_several_things_the_weightiest_is_the_reason() -> None:
    everything: dict[str, Any] = {
        "standings": tuple(Standing),
        "claims": tuple(claim(standing) for standing in Standing),
        "level": Level.HIGH,
        "topics": ("military", "memo"),
        "origins": ("Financial Times", "Reuters"),
    }
    assert news(**everything)[0] is Reason.RETRACTED
    everything |= {"standings": (), "claims": ()}
    assert news(**everything)[0] is Reason.LEVEL_RAISED
    assert news(**everything | {"level": Level.MEDIUM})[0] is Reason.NEW_TOPIC
    assert news(**everything | {"level": Level.MEDIUM, "topics": ("military",)})[0] is Reason.NEW_ORIGIN


def test_each_reason_says_what_it_saw() -> None:
    assert news(level=Level.HIGH) == (Reason.LEVEL_RAISED, "level raised from medium to high")
    assert news(topics=("military", "memo")) == (Reason.NEW_TOPIC, "new topic: memo")
    assert news(origins=("Financial Times", "Reuters")) == (Reason.NEW_ORIGIN, "new origin: Reuters")
    assert news() == (Reason.MORE_ARTICLES, "now 2 articles")


def test_an_edited_headline_is_an_update_with_both_wordings_at_hand() -> None:
    assert news(articles=1, headline="Alibaba memo, corrected") == (
        Reason.HEADLINE_EDITED,
        f"headline was: {TITLE}",
    )


def test_another_articles_better_headline_is_no_edit() -> None:
    assert news(articles=2, headline="A better headline")[0] is Reason.MORE_ARTICLES


def test_an_edit_that_changes_nothing_told_does_not_speak_of_more_articles() -> None:
    assert news(articles=1) == (Reason.MORE_ARTICLES, "an article was edited; still 1 article")
    assert decided(story=TOLD, before=replace(SAID, articles=3), after=replace(SAID, articles=3)).why.endswith(
        "still 3 articles"
    )


def test_a_level_that_is_lower_than_before_is_no_news() -> None:
    assert news(level=Level.LOW)[0] is Reason.MORE_ARTICLES


def test_age_and_first_poll_matter_only_to_a_channel_that_was_not_told() -> None:
    old = reading(article(published=later(days=-30)))
    made = decided(old, story=TOLD, before=SAID, after=replace(SAID, articles=2), first_poll=True)
    assert (made.tell, made.reason) == (True, Reason.MORE_ARTICLES)


def test_a_told_story_of_which_nothing_was_known_before_has_its_articles_counted() -> None:
    made = decided(story=TOLD, before=None)
    assert (made.reason, made.why) == (Reason.MORE_ARTICLES, "story s1 has 1 article")


# ── channels ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_article_concerns_the_channels_of_its_rules_and_those_told_of_its_story() -> None:
    given = reading(article(), hit(), hit("tencent", channel="china"), hit("baidu", channel="china"))
    assert channels(given, None, POLICY) == ["risk", "china"]
    assert channels(given, Story("s1", (), told={"ops": "a1", "risk": "a2"}), POLICY) == ["risk", "china", "ops"]


def test_a_rule_on_trial_concerns_no_channel() -> None:
    assert channels(reading(article(), hit(trial=True)), None, POLICY) == []


def test_a_replay_tells_one_channel_only_whatever_the_rules_say() -> None:
    only = replace(POLICY, only_channel="#test")
    assert channels(reading(article(), hit(), hit("tencent", channel="china")), None, only) == ["test"]


def test_a_channel_is_the_same_with_and_without_its_hash() -> None:
    assert POLICY.channel_of(hit(channel="#risk"), Level.LOW) == POLICY.channel_of(hit(), Level.LOW) == "risk"


# ── levels of channels ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_channel_is_not_told_of_a_story_below_its_level_until_it_rises() -> None:
    high = Policy(channel="risk", plan=Plan({"risk": ChannelPlan("risk", Level.HIGH)}))
    low = decided(story=replace(STORY, level=Level.MEDIUM), policy=high)
    assert (low.tell, low.reason) == (False, Reason.BELOW_LEVEL)
    assert low.why == "story s1 is medium, and this channel is told from high on"
    risen = decided(story=replace(STORY, level=Level.HIGH), before=SAID, policy=high)
    assert (risen.tell, risen.reason) == (True, Reason.NEW_STORY)


def test_a_channel_that_was_told_goes_on_hearing_of_the_story_whatever_its_level() -> None:
    high = Policy(channel="risk", plan=Plan({"risk": ChannelPlan("risk", Level.CRITICAL)}))
    assert decided(story=TOLD, before=SAID, after=replace(SAID, articles=2), policy=high).tell


# ── what adds nothing ────────────────────────────────────────────────────────────────────────────────────────────


def joined(articles: int, copied: str | None = None, **fields: Any) -> Decision:
    """What becomes of an article that only adds to the number of a told story's articles."""
    given = reading()
    source = Source(given.article.id, TITLE, None, None, "unknown outlet", None, None, copied)
    after = replace(SAID, articles=articles, sources=(source,))
    return decided(given, story=TOLD, before=replace(SAID, articles=articles - 1), after=after, **fields)


def test_a_copy_beyond_what_the_message_links_stays_quiet() -> None:
    repeat = joined(6, "Reuters")
    assert (repeat.tell, repeat.reason) == (False, Reason.SAME_ORIGIN_REPEAT)
    assert repeat.why == "it repeats Reuters word for word; now 6 articles"
    assert joined(5, "Reuters").reason is Reason.MORE_ARTICLES
    assert joined(6).reason is Reason.MORE_ARTICLES


def test_one_more_article_of_a_long_story_waits_for_the_next_edit() -> None:
    just_told = Spoken(later(minutes=-4))
    late = joined(11, spoken=just_told)
    assert (late.tell, late.reason, late.due_at) == (True, Reason.MORE_ARTICLES, later(minutes=6))
    assert joined(10, spoken=just_told).due_at is None
    assert joined(11, spoken=Spoken(later(minutes=-10))).due_at is None


def test_what_an_edit_that_waits_will_carry_needs_no_other() -> None:
    quiet = joined(12, spoken=Spoken(later(minutes=-4), waits_until=later(minutes=6)))
    assert (quiet.tell, quiet.reason) == (False, Reason.COOLDOWN)
    assert "12:06" in quiet.why


def test_what_matters_does_not_wait() -> None:
    waiting = Spoken(later(minutes=-1), waits_until=later(minutes=9))
    after = replace(SAID, articles=12, topics=("military", "sanctions"))
    made = decided(story=TOLD, before=replace(SAID, articles=11), after=after, spoken=waiting)
    assert (made.tell, made.reason, made.due_at) == (True, Reason.NEW_TOPIC, None)


def test_a_further_denier_is_told_by_name() -> None:
    denied = claim(Standing.DENIED, "Alibaba")
    before = replace(SAID, standings=(Standing.ALLEGED, Standing.DENIED), claims=(claim(), denied))
    after = replace(before, articles=2, claims=(claim(), denied, claim(Standing.DENIED, "Chinese embassy")))
    made = decided(story=TOLD, before=before, after=after)
    assert (made.reason, made.why) == (Reason.DENIED, "also denied by Chinese embassy")


def test_an_article_without_a_hit_is_decided_on_for_every_channel_of_its_story() -> None:
    told = Story("s1", (Member(reading(), placement("s1")),))
    plain = reading(article("A headline alone"), hits=())
    assert channels(plain, told, POLICY) == ["risk"]
    made = decided(plain, story=told, before=SAID)
    assert (made.tell, made.reason) == (False, Reason.ONLY_POSSIBLE)
    assert made.why == "for this channel it meets no rule by itself"


def test_news_that_raises_a_story_tells_its_new_channel_for_the_hits_of_the_story() -> None:
    plan = Plan(routes=(Route("urgent", levels=frozenset({Level.CRITICAL})),))
    member = Member(reading(), placement())
    story = Story("s1", (member,), level=Level.CRITICAL, told={"risk": "a1"})
    fields = {"story": story, "policy": Policy(channel="risk", plan=plan), "now": NOW, "first_poll": False}
    after = replace(SAID, level=Level.CRITICAL, articles=2)
    raised = decide(reading(hits=()), "urgent", before=SAID, after=after, **fields)  # type: ignore[arg-type]
    assert (raised.tell, raised.reason) == (True, Reason.NEW_STORY)
    same = decide(reading(hits=()), "urgent", before=after, after=after, **fields)  # type: ignore[arg-type]
    assert (same.tell, same.reason) == (False, Reason.ONLY_POSSIBLE)
