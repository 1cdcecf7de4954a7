"""Stories are found by shared keys, rare ones first, never by comparing with every story."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.stories.index import Index
from riskbot.stories.keys import FROM_LEAD, FROM_TITLE, NEAREST, NOMINATED, PRINTS, ROWS, keys, nominate
from riskbot.stories.sketch import Sketch
from riskbot.stories.words import stem
from tests.builders import NOW
from tests.newsroom import FREQUENCIES, ban, of_company, other, retold, told

HOUR = NOW.timestamp() / 3600


def keyed(sketch: Sketch) -> dict[str, float]:
    return keys(sketch, FREQUENCIES)


def everything(_number: int) -> bool:
    return True


def test_an_article_is_keyed_by_its_companies_its_rare_words_and_its_prints() -> None:
    found = keyed(told("Memo names Acme", "", of_company("acme")).sketch)
    assert {"c:acme", f"w:{stem('acme')}", "w:memo"} < set(found)
    assert sum(key.startswith("p:") for key in found) == PRINTS or len(found) < 8


def test_the_keys_are_few_and_the_weightiest_come_first() -> None:
    many = " ".join(f"word{n}" for n in range(500))
    found = keyed(told(many, many).sketch)
    assert len(found) <= FROM_TITLE + FROM_LEAD + PRINTS
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert "w:ban" not in keyed(told(f"Ban {many}").sketch)


def test_a_retold_report_shares_keys_and_other_news_does_not() -> None:
    assert set(keyed(ban().sketch)) & set(keyed(retold().sketch))
    assert not set(keyed(ban().sketch)) & set(keyed(other().sketch))


def test_nothing_has_no_keys() -> None:
    assert keyed(told("").sketch) == {}


def test_the_stories_that_share_most_and_are_nearest_are_nominated_of_equals_the_older() -> None:
    weights = {"w:rare": 9.0, "w:common": 1.0}
    rows = [("w:common", 1, HOUR), ("w:rare", 2, HOUR), ("w:common", 3, HOUR), ("w:common", 2, HOUR)]
    assert nominate(rows, weights, HOUR) == [2, 1, 3]
    assert nominate([("w:rare", 1, HOUR - 500), ("w:rare", 2, HOUR - 1)], weights, HOUR) == [2, 1]
    assert nominate([("w:rare", 1, None), ("w:rare", 2, HOUR)], weights, None) == [1, 2]
    assert nominate([], weights, HOUR) == []


def test_no_more_are_nominated_than_can_be_compared() -> None:
    rows = [("k", number, HOUR) for number in range(1000)]
    assert nominate(rows, {"k": 1.0}, HOUR) == list(range(NOMINATED))


# ── the index in memory ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_story_is_found_by_each_of_its_keys() -> None:
    index = Index()
    index.add(7, ["w:memo", "c:acme"], HOUR)
    assert index.find(["w:memo", "w:else"], HOUR, everything) == [("w:memo", 7, float(int(HOUR)))]
    assert index.find(["c:acme"], HOUR + 500, everything) == [("c:acme", 7, float(int(HOUR)))]
    assert index.find([], HOUR, everything) == []


def test_of_a_common_key_the_stories_nearest_in_time_are_looked_at_on_either_side() -> None:
    index = Index()
    for number in range(10_000):
        index.add(number, ["c:acme"], number)
    found = [number for _, number, _ in index.find(["c:acme"], 5000.0, everything)]
    assert sorted(found) == list(range(5000 - NEAREST, 5000 + NEAREST))
    latest = [number for _, number, _ in index.find(["c:acme"], None, everything)]
    assert sorted(latest) == list(range(10_000 - NEAREST, 10_000))


def test_what_is_looked_at_is_bounded_whatever_the_keys() -> None:
    index = Index()
    names = [f"k{n}" for n in range(50)]
    for number in range(200):
        index.add(number, names, HOUR + number)
    found = index.find(names, HOUR + 100, everything)
    assert len(found) == ROWS
    assert found[0][0] == "k0"


def test_a_story_that_moves_in_one_hour_again_and_again_takes_no_more_room() -> None:
    index = Index()
    for _ in range(1000):
        index.add(1, ["k"], HOUR)
    index.add(2, ["k"], HOUR)
    assert [number for _, number, _ in index.find(["k"], HOUR, everything)] == [1, 2]


def test_undated_stories_are_found_at_any_time_and_times_before_1970_are_times() -> None:
    index = Index()
    index.add(1, ["k"], None)
    index.add(2, ["k"], -200_000.0)
    assert set(index.find(["k"], HOUR, everything)) == {("k", 1, None), ("k", 2, -200_000.0)}
    assert {number for _, number, _ in index.find(["k"], None, everything)} == {1, 2}


def test_a_story_that_is_gone_is_not_found_and_forgotten_when_swept() -> None:
    index = Index()
    index.add(1, ["gone", "both"], HOUR)
    index.add(2, ["both"], HOUR)
    assert [number for _, number, _ in index.find(["both"], HOUR, {2}.__contains__)] == [2]
    index.sweep({2}.__contains__)
    assert len(index) == 1
    assert [number for _, number, _ in index.find(["both"], HOUR, everything)] == [2]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.one_of(st.none(), st.floats(-1e6, 1e6))), max_size=60))
def test_the_order_in_which_stories_came_changes_nothing(rows: list[tuple[int, float | None]]) -> None:
    one, other_way = Index(), Index()
    for number, hours in rows:
        one.add(number, ["k"], hours)
    for number, hours in reversed(rows):
        other_way.add(number, ["k"], hours)
    assert one.find(["k"], 0.0, everything) == other_way.find(["k"], 0.0, everything)
