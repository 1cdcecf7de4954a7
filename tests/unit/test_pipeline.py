"""The order of things: from an entry to an alert that is owed, and a feed that fails concerns nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from riskbot.delivery import DeliveryReport
from riskbot.errors import FetchError
from riskbot.model import Article, Known, Level, Reason
from riskbot.pipeline import PollReport, total
from tests.builders import NOW, TEXT, TITLE, entry, feed, later, rule
from tests.fakes import UNCHANGED, FakeDatabase, FakeNotifier, FakeStore, entries
from tests.rounds import ALLEGED, RETOLD, delivered, mind, polled


class LateStore(FakeStore):
    """Looks before others have written: to its reader everything is new."""

    async def known(self, articles: Sequence[Article]) -> Mapping[str, Known]:
        return {}


def reasons(store: FakeStore) -> list[Reason]:
    return [decision.reason for decision in store.decisions]


# ── from an entry to a message ───────────────────────────────────────────────────────────────────────────────────


async def test_an_entry_that_meets_a_rule_becomes_one_story_one_alert_and_one_message() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    report = await polled(store, entry(entry_id="1"), outlet="Reuters")
    assert (report.feed, report.entries, report.new, report.edited, report.hits, report.told) == (
        "example",
        1,
        1,
        0,
        1,
        1,
    )
    assert report.failed is None
    assert await delivered(store, notifier) == DeliveryReport(sent=1)
    assert [summary.headline for summary in notifier.shown.values()] == [TITLE]
    (alert,) = await store.alerts()
    assert (alert.kind, alert.reason, alert.channel, alert.at) == ("new", Reason.NEW_STORY, "risk", NOW)
    assert await delivered(store, notifier) == DeliveryReport()


async def test_a_retold_report_is_an_update_of_the_one_message() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, entry(entry_id="1"))
    await delivered(store, notifier)
    await polled(store, RETOLD, source="other")
    await delivered(store, notifier)
    assert [(alert.kind, alert.story) for alert in await store.alerts()] == [("new", "s1"), ("update", "s1")]
    assert len(notifier.posted) == 1
    assert [summary.articles for summary in notifier.shown.values()] == [2]


async def test_two_articles_of_one_story_before_any_delivery_are_one_message() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, entry(entry_id="1"), RETOLD)
    assert await delivered(store, notifier) == DeliveryReport(sent=1)
    assert [summary.articles for summary in notifier.shown.values()] == [2]


async def test_an_article_without_a_hit_is_kept_and_told_to_nobody() -> None:
    store = FakeStore()
    report = await polled(store, entry("Airline buys planes", "It ordered forty.", entry_id="1"))
    counts = await store.counts()
    assert (report.new, report.told, counts.articles, counts.stories, counts.alerts) == (1, 0, 1, 0, 0)
    assert store.decisions == []


async def test_the_same_entries_again_add_nothing() -> None:
    store = FakeStore()
    first = await polled(store, entry(entry_id="1"), RETOLD)
    before = await store.counts()
    again = await polled(store, entry(entry_id="1"), RETOLD, at=later(minutes=5))
    after = await store.counts()
    assert (again.entries, again.new, again.edited, again.told) == (2, 0, 0, 0)
    assert again.articles == first.articles
    assert (after.articles, after.hits, after.stories, after.alerts) == (
        before.articles,
        before.hits,
        before.stories,
        before.alerts,
    )


async def test_a_poll_leaves_the_feeds_state_with_what_it_brought() -> None:
    store = FakeStore()
    report = await polled(store, entries(entry(entry_id="1"), etag='"1"', last_modified="Mon", body_hash="abc"))
    state = await store.keep_feed(feed())
    assert report.state == state
    assert (state.etag, state.last_modified, state.body_hash) == ('"1"', "Mon", "abc")
    assert (state.polled_at, state.succeeded_at, state.due_at) == (NOW, NOW, later(minutes=5))
    unchanged = await polled(store, UNCHANGED, at=later(minutes=5))
    assert (unchanged.entries, unchanged.articles) == (0, ())
    assert unchanged.state is not None
    assert (unchanged.state.etag, unchanged.state.succeeded_at) == ('"1"', later(minutes=5))


async def test_a_feed_that_fails_concerns_nobody_else() -> None:
    store = FakeStore()
    gone = FetchError("http-404", "the server answered 404")
    ill = await polled(store, gone, source="ill")
    well = await polled(store, entry(entry_id="1"), source="well")
    assert (ill.failed, ill.new, well.failed, well.told) == (gone, 0, None, 1)
    state = await store.keep_feed(feed("ill"))
    assert (state.failures, state.error) == (1, "http-404: the server answered 404")
    assert state == ill.state


# ── the same article ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_same_canonical_link_in_another_feed_is_known() -> None:
    store = FakeStore()
    first = await polled(store, entry(entry_id="1", url="https://x.example/memo?utm_source=a"))
    report = await polled(store, entry("Shortened", entry_id="9", url="https://x.example/memo"), source="other")
    assert (report.new, report.edited, report.told) == (0, 0, 0)
    assert report.articles == first.articles
    assert (await store.counts()).articles == 1


async def test_items_that_share_one_link_but_not_an_id_stay_different() -> None:
    store = FakeStore()
    live = "https://x.example/live"
    await polled(store, entry(entry_id="1", url=live), entry("Minute two", entry_id="2", url=live))
    report = await polled(store, entry("Minute three", entry_id="3", url=live))
    assert report.new == 1
    assert (await store.counts()).articles == 3


async def test_an_edited_headline_is_a_new_version_and_an_update() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, entry(entry_id="1"))
    await delivered(store, notifier)
    edited = "Alibaba does not help the Chinese military, White House says"
    report = await polled(store, entry(edited, entry_id="1"), at=later(minutes=5))
    await delivered(store, notifier, later(minutes=5))
    assert (report.new, report.edited, report.told) == (0, 1, 1)
    assert [alert.reason for alert in await store.alerts()] == [Reason.NEW_STORY, Reason.HEADLINE_EDITED]
    assert store.decisions[-1].why == f"headline was: {TITLE}"
    assert [summary.headline for summary in notifier.shown.values()] == [edited]
    assert (await store.counts()).articles == 1


async def test_an_article_edited_out_of_every_rule_corrects_its_message_and_stops_no_poll() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, entry(entry_id="1"))
    await delivered(store, notifier)
    report = await polled(store, entry("A correction", "This article was wrong.", entry_id="1"), at=later(minutes=5))
    assert (report.edited, report.told) == (1, 1)
    assert await delivered(store, notifier, later(minutes=5)) == DeliveryReport(sent=2)
    assert [summary.headline for summary in notifier.shown.values()] == ["A correction"]
    assert [said.news[0].reason for _, _, said in notifier.replied] == [Reason.HEADLINE_EDITED]
    retold = await polled(store, RETOLD, at=later(minutes=6))
    assert retold.told == 1


async def test_what_another_process_has_kept_meanwhile_is_not_kept_twice() -> None:
    database = FakeDatabase()
    await polled(FakeStore(database), entry(entry_id="1"))
    report = await polled(LateStore(database), entry(entry_id="1"))
    assert (report.new, report.told) == (0, 0)
    counts = await FakeStore(database).counts()
    assert (counts.articles, counts.alerts) == (1, 1)


# ── what is told, and what is only kept ──────────────────────────────────────────────────────────────────────────


async def test_an_undated_entry_of_a_first_poll_is_recorded_not_told() -> None:
    store = FakeStore()
    report = await polled(store, entry(entry_id="1"), first_poll=True)
    counts = await store.counts()
    assert (report.told, counts.articles, counts.stories, counts.alerts) == (0, 1, 1, 0)
    assert reasons(store) == [Reason.FIRST_POLL]


async def test_what_is_too_old_is_recorded_not_told() -> None:
    store = FakeStore()
    await polled(store, entry(entry_id="1", published=later(days=-4)))
    assert (await store.counts()).alerts == 0
    assert reasons(store) == [Reason.TOO_OLD]


async def test_a_young_article_tells_of_a_story_that_began_untold() -> None:
    store = FakeStore()
    await polled(store, entry(entry_id="1"), first_poll=True)
    await polled(store, RETOLD, source="other")
    assert reasons(store) == [Reason.FIRST_POLL, Reason.NEW_STORY]
    assert [(alert.kind, alert.story) for alert in await store.alerts()] == [("new", "s1")]


async def test_a_denial_that_comes_second_is_an_update_with_that_reason() -> None:
    store = FakeStore()
    await polled(store, entry(TITLE, ALLEGED, entry_id="1"))
    await polled(store, entry(RETOLD.title, f"{ALLEGED} Alibaba denied it.", entry_id="2"))
    assert reasons(store) == [Reason.NEW_STORY, Reason.DENIED]
    assert store.decisions[1].why == "first denied in the story, by Alibaba"
    assert [(alert.kind, alert.reason) for alert in await store.alerts()][1:] == [("update", Reason.DENIED)]


async def test_another_companys_story_is_neither_opened_nor_joined_by_a_mention() -> None:
    store = FakeStore()
    await polled(store, entry("Tencent courts the military", "Tencent showed its maps to the military.", entry_id="1"))
    aside = f"{ALLEGED} Alibaba said so. Alibaba fell. A rival, Tencent, has also met the military."
    await polled(store, entry(TITLE, aside, entry_id="2"), source="other")
    tencent, alibaba = await store.stories()
    assert [len(story.members) for story in (tencent, alibaba)] == [1, 1]
    assert {hit.company for hit in alibaba.members[0].reading.hits if hit.salient} == {"alibaba"}


async def test_a_possibility_outside_title_and_lead_opens_no_story() -> None:
    store = FakeStore()
    lead = "Alibaba opened an office in Paris. Alibaba hired forty engineers. The mayor cut a ribbon. "
    end = "Analysts had other worries.\n\nNobody asked.\n\nOne day Alibaba could face sanctions."
    report = await polled(store, entry("Alibaba opens an office in Paris", f"{lead * 8}\n\n{end}", entry_id="1"))
    counts = await store.counts()
    assert (report.hits, report.told, counts.hits, counts.stories, counts.alerts) == (1, 0, 1, 0, 0)
    assert reasons(store) == [Reason.ONLY_POSSIBLE]


async def test_a_rule_on_trial_is_recorded_not_told() -> None:
    store = FakeStore()
    report = await polled(store, entry(entry_id="1"), by=mind(rule(status="trial")))
    assert (report.hits, report.told, (await store.counts()).stories) == (1, 0, 0)


async def test_each_channel_is_told_of_a_story_once() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    two = mind(rule(), rule("Alibaba memos", topics=("memo",), channel="china"))
    await polled(store, entry(entry_id="1"), by=two)
    await polled(store, RETOLD, by=two)
    found = [(alert.channel, alert.kind) for alert in await store.alerts()]
    assert sorted(found) == [("china", "new"), ("china", "update"), ("risk", "new"), ("risk", "update")]
    await delivered(store, notifier)
    assert len(notifier.posted) == 2


async def test_a_storys_level_rises_with_its_articles_and_never_falls() -> None:
    store = FakeStore()
    await polled(store, entry(entry_id="1"), by=mind(rule(level=Level.HIGH)))
    await polled(store, RETOLD, by=mind(rule(level=Level.LOW)))
    (story,) = await store.stories()
    assert (story.level, story.score) == (Level.HIGH, 65)
    await polled(store, entry(TITLE, f"{TEXT} More.", entry_id="1"), by=mind(rule(level=Level.LOW)))
    (story,) = await store.stories()
    assert (story.level, story.score) == (Level.HIGH, 65)


def test_several_polls_add_up() -> None:
    one = PollReport("a", entries=3, new=2, edited=1, hits=2, told=1, articles=("x",))
    assert total([one, one]) == PollReport("", entries=6, new=4, edited=2, hits=4, told=2)
    assert total([]) == PollReport("")


# ── which story ──────────────────────────────────────────────────────────────────────────────────────────────────


SCANT = entry("White House memo says it helps the Chinese military", "A memo from the White House.", entry_id="9")


async def test_an_article_without_a_hit_joins_a_story_by_its_text_and_updates_its_message() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, entry(entry_id="1"))
    report = await polled(store, SCANT, source="other", outlet="Reuters")
    assert (report.hits, report.told) == (0, 1)
    (story,) = await store.stories()
    joined = story.members[1]
    assert "shared: " in joined.placement.why
    assert joined.reading.hits == ()
    await delivered(store, notifier)
    assert [summary.articles for summary in notifier.shown.values()] == [2]


async def test_an_article_without_a_hit_opens_no_story_and_joins_none_that_it_is_not_like() -> None:
    store = FakeStore()
    await polled(store, SCANT)
    assert (await store.counts()).stories == 0
    await polled(store, entry(entry_id="1"))
    await polled(store, entry("White House Christmas tree arrives", "It is a fir.", entry_id="5"), source="other")
    (story,) = await store.stories()
    assert len(story.members) == 1


async def test_an_article_without_a_hit_finds_the_story_that_the_same_poll_opened() -> None:
    store = FakeStore()
    await polled(store, SCANT, entry(entry_id="1"))  # feeds bring the newest first
    (story,) = await store.stories()
    assert len(story.members) == 2


async def test_the_message_of_a_merged_story_says_where_it_went() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, entry(entry_id="1"))
    await polled(store, entry("Alibaba opens military museum", "A museum of military history.", entry_id="2"))
    await delivered(store, notifier)
    assert len(notifier.posted) == 2
    await store.write(lambda tx: tx.merge_stories("s1", "s2", by="ada", why="", now=NOW))
    await delivered(store, notifier)
    older, younger = notifier.shown.values()
    assert (older.story, older.merged_into, older.articles) == ("s1", None, 2)
    assert (younger.story, younger.merged_into, younger.articles) == ("s2", "s1", 2)
    assert len(notifier.posted) == 2


async def test_what_people_took_out_of_a_story_stays_out_when_it_is_edited_or_retold() -> None:
    store = FakeStore()
    await polled(store, entry(entry_id="1"), RETOLD)
    retold = (await store.stories())[0].members[1].reading.article.id
    await store.write(lambda tx: tx.split_story([retold], by="ada", now=NOW))
    await polled(store, entry(RETOLD.title, f"{ALLEGED} It was Friday.", entry_id="2"), at=later(minutes=5))
    assert [len(story.members) for story in await store.stories()] == [1, 1]


async def test_an_article_is_placed_by_its_own_time_however_late_it_comes() -> None:
    store = FakeStore()
    await polled(store, entry(entry_id="1", published=later(days=-60)), at=later(days=-60))
    await polled(store, entry(f"{TITLE} again", TEXT, entry_id="2", published=NOW))
    late = entry(RETOLD.title, ALLEGED, entry_id="3", published=later(days=-60, hours=2))
    await polled(store, late, source="other")
    old, new = await store.stories()
    assert [len(story.members) for story in (old, new)] == [2, 1]
