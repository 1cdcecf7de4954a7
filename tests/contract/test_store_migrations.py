"""From one version of the tables to the next and back, with data in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from alembic import command
from sqlalchemy import inspect, text

from riskbot.errors import StoreError
from riskbot.model import DeliveryKind, DeliveryState, FeedState
from riskbot.store import open_store, upgrade
from riskbot.store.engine import open_engine
from riskbot.store.upgrade import steps
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.keys import keys
from riskbot.stories.sketch import sketch
from tests.builders import NOW, article, decision, feed, later, placement, reading
from tests.contract.test_store_opening import in_database

TIME = "'2025-11-17 12:00:00.000000+00:00'"
OF_OLD = (
    "INSERT INTO feed (name, url, paused, etag, due_at, failures) VALUES"
    f" ('a', 'https://a.example/rss', false, '\"1\"', {TIME}, 3), ('b', 'https://b.example/rss', true, NULL, NULL, 0)",
    "INSERT INTO article (id, feed, entry_id, fingerprint, version, first_seen)"
    f" VALUES ('x', 'a', 'e', 'f', 1, {TIME})",
    "INSERT INTO version (article, number, title, text, seen, fingerprint, credits, links)"
    f" VALUES ('x', 1, 'Title', 'Text', {TIME}, 'f', '[]', '[]')",
    "INSERT INTO claim (article, number, position, status, sentence) VALUES ('x', 1, 0, 'alleged', 'Title')",
    f"INSERT INTO story (level, score, opened_at, last_at) VALUES ('low', 0, {TIME}, {TIME})",
    "INSERT INTO story_article (article, story, joined, similarity, why) VALUES ('x', 1, 1, 0.0, '')",
    "INSERT INTO story_company (story, company) VALUES (1, 'alibaba')",
)


def go(address: str, where: str, revision: str) -> None:
    """Up or down, as Alembic does it."""
    engine = open_engine(address)
    with engine.begin() as connection:
        getattr(command, where)(steps(connection), revision)
    engine.dispose()


def rows(address: str, statement: str) -> list[Any]:
    engine = open_engine(address)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(statement))]
    engine.dispose()
    return found


@pytest.mark.parametrize("version", ["0001", "0002", "0003"])
async def test_a_database_of_an_earlier_version_keeps_what_it_holds(empty: str, version: str) -> None:
    go(empty, "upgrade", version)
    in_database(empty, *(statement.replace("+00:00'", "'") if "sqlite" in empty else statement for statement in OF_OLD))
    upgrade(empty)
    store = open_store(empty)
    assert (await store.counts()).feeds == {"a": FeedState("a", '"1"', due_at=NOW, failures=3)}
    (story,) = await store.stories()
    assert [(m.reading.article.id, m.reading.article.page, len(m.reading.claims)) for m in story.members] == [
        ("x", None, 1)
    ]
    # Found by its company alone, and sketched now that it is met.
    own = sketch(reading(article("Another", "", id="y")))
    (found,) = await store.write(lambda tx: tx.candidates(own, keys(own, Frequencies())))
    assert (found.story, found.articles, list(found.sketches)) == ("s1", 1, [sketch(story.members[0].reading)])
    assert await store.write(lambda tx: tx.candidates(replace(own, at=later(days=60)), {"c:alibaba": 1.0})) == []
    await store.sync_feeds([feed("a"), feed("b")], NOW)
    assert [name for name, _ in await store.claim_feeds(NOW, NOW - NOW, 9)] == ["b", "a"]
    assert await store.rules_state() is None
    assert await store.write(lambda tx: tx.notice("ops", "Rules live", NOW)) == "d1"
    await store.close()


OF_0005 = (
    *OF_OLD[:-1],
    "INSERT INTO alert (story, channel, kind, reason, article, at)"
    f" VALUES (1, 'risk', 'new', 'new_story', 'x', {TIME}), (1, 'risk', 'update', 'denied', 'x', {TIME})",
    "INSERT INTO message (story, channel, ts, sent_as) VALUES (1, 'risk', '17.000001', 'C1')",
    "INSERT INTO delivery (alert, key, state, attempts, error)"
    " VALUES (1, 'k1', 'sent', 1, NULL), (2, 'k2', 'parked', 3, 'why')",
    "INSERT INTO notice (text, channel, created_at, key, state, attempts)"
    f" VALUES ('Rules live', 'ops', {TIME}, 'k3', 'owed', 0)",
)


async def test_deliveries_and_notices_become_one_outbox_and_keep_their_place(empty: str) -> None:
    go(empty, "upgrade", "0005")
    in_database(empty, *(each.replace("+00:00'", "'") if "sqlite" in empty else each for each in OF_0005))
    upgrade(empty)
    store = open_store(empty)
    sent, parked, notice = await store.deliveries()
    assert (sent.id, sent.kind, sent.story, sent.channel, sent.key, sent.state) == (
        *("d1", DeliveryKind.POST, "s1", "risk", "k1", DeliveryState.SENT),
    )
    assert (sent.ts, sent.sent_as, sent.alert and sent.alert.id) == ("17.000001", "C1", "a1")
    assert (parked.id, parked.kind, parked.attempts, parked.error) == ("d2", DeliveryKind.EDIT, 3, "why")
    assert (notice.id, notice.kind, notice.text, notice.channel, notice.at) == (
        *("d3", DeliveryKind.NOTICE, "Rules live", "ops", NOW),
    )
    assert [each.id for each in await store.claim_deliveries(NOW, later(minutes=1) - NOW, 9)] == ["d3"]
    assert await store.write(lambda tx: tx.notice("ops", "Another", NOW)) == "d4"
    await store.close()
    go(empty, "downgrade", "0005")
    assert rows(empty, "SELECT id, alert, key, state FROM delivery ORDER BY id") == [
        (1, 1, "k1", "sent"),
        (2, 2, "k2", "parked"),
    ]
    assert rows(empty, "SELECT text, state FROM notice ORDER BY id") == [("Rules live", "owed"), ("Another", "owed")]


async def test_the_way_back_to_any_version_and_up_again_loses_only_what_that_version_did_not_know(address: str) -> None:
    given = reading(article(id="a", page="read"))
    made = decision("a")
    store = open_store(address)
    await store.sync_feeds([feed("a")], NOW)
    await store.write(lambda tx: tx.finish_poll(FeedState("a", "1", moved_to="https://b.example/", items={b"h": b"k"})))
    await store.write(lambda tx: tx.notice("ops", "Rules live", NOW))
    await store.write(
        lambda tx: (
            tx.add_article(given, 1),  # type: ignore[func-returns-value]
            tx.decide(made, NOW),  # type: ignore[func-returns-value]
            tx.alert(tx.open_story(given, placement(), None, ["c:alibaba", "w:memo"]).id, made, "new", NOW),
        )
    )
    before = await store.counts()
    await store.close()
    go(address, "downgrade", "0002")
    assert rows(address, "SELECT name, etag FROM feed") == [("a", "1")]
    assert rows(address, "SELECT title FROM version") == [(given.article.title,)]
    assert rows(address, "SELECT story, company FROM story_company") == [(1, "alibaba")]
    store = open_store(address)
    with pytest.raises(StoreError, match="has not been set up for this version"):
        await store.counts()
    await store.close()
    upgrade(address)
    store = open_store(address)
    after = await store.counts()
    assert after.feeds == {"a": FeedState("a", "1")}
    assert (after.articles, after.hits, after.alerts, after.owed) == (before.articles, before.hits, 1, 2)
    (story,) = await store.stories()
    assert story.members[0].reading.article.page is None
    assert len(await store.notices()) == 1
    await store.close()


def test_the_way_back_to_the_beginning_leaves_nothing(address: str) -> None:
    go(address, "downgrade", "base")
    engine = open_engine(address)
    assert set(inspect(engine).get_table_names()) <= {"riskbot_version"}
    engine.dispose()
    upgrade(address)
