"""How a scan of labelled articles is scored."""

from __future__ import annotations

from typing import Any

from bench.scoring import Names, alarms, score

NAMES = Names([("alibaba", ("Alibaba", "Alibaba Group", "阿里巴巴")), ("spacex", ("SpaceX", "Starlink"))])


def item(id_: str, tier: str = "core", company: tuple[str, ...] = ("Alibaba",), word: bool = True) -> dict[str, Any]:
    return {"id": id_, "tier": tier, "company": list(company), "topic_explicit": ["military"] if word else []}


def hit(name: str = "Alibaba", *topics: str, rule: str = "r") -> dict[str, Any]:
    return {"rule": rule, "company_name": name, "topics": list(topics or ("military",))}


def test_recall_counts_core_articles_with_a_company_and_a_topic_word() -> None:
    items = [item("a"), item("b"), item("c", word=False), item("d", company=()), item("e", "context")]
    result = score(items, {"a": [hit()]}, NAMES)
    assert (result.wanted, result.missed, result.recall) == (2, ("b",), 0.5)


def test_an_article_is_found_when_a_hit_names_a_labelled_company_by_any_name() -> None:
    items = [item("a", company=("alibaba group",)), item("b", company=("SpaceX (Starlink)",)), item("c")]
    hits = {"a": [hit("阿里巴巴")], "b": [hit("Starlink")], "c": [hit("SpaceX")]}
    assert score(items, hits, NAMES).missed == ("c",)


def test_a_company_nobody_knows_is_itself_only_and_is_told() -> None:
    items = [item("a", company=("Nobody",))]
    assert score(items, {"a": [hit("nobody")]}, NAMES).missed == ()
    assert score(items, {"a": [hit("Alibaba")]}, NAMES).missed == ("a",)
    assert NAMES.unknown(["Nobody", "alibaba", "SpaceX (Starlink)"]) == ["Nobody"]


def test_precision_counts_any_hit_on_a_negative_as_false_and_leaves_the_other_tiers_out() -> None:
    items = [item("a"), item("b", "negative"), item("c", "negative"), item("d", "adjacent"), item("e", "context")]
    result = score(items, {id_: [hit("SpaceX")] for id_ in "abde"}, NAMES)
    assert (result.true, result.false, result.precision) == (1, ("b",), 0.5)
    assert (result.adjacent, result.adjacent_hit) == (1, ("d",))


def test_nothing_scanned_scores_nothing() -> None:
    empty = score([], {}, NAMES)
    assert (empty.recall, empty.precision) == (0.0, 0.0)
    assert alarms([]).rate(0) == 0.0


def test_alarms_are_counted_by_article_other_trouble_apart() -> None:
    result = alarms(
        [
            ("a", [hit("x", "military"), hit("x", "espionage", rule="spies")]),
            ("b", [hit("x", "espionage", rule="spies")]),
            ("c", [hit("x", "armed-attack", "conflict")]),
            ("d", [hit("x", "some-new-topic")]),
            ("e", []),
        ]
    )
    assert (result.articles, result.headline, result.other) == (5, ("a", "d"), 2)
    assert result.by_topic["espionage"] == 2
    assert result.by_rule == {"r": 3, "spies": 2}
    assert result.rate(2) == 4000
