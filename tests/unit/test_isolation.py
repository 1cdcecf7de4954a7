"""One rule that fails at run time is switched off and says so; all others go on."""

from __future__ import annotations

from typing import Any

from riskbot.matching.match import Matcher
from riskbot.matching.rules import RuleSet
from tests.builders import article, rule, ruleset, topic


class Unequal:
    """No scope that any operator knows, and one that cannot even be compared."""

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError("no such scope")

    def __hash__(self) -> int:
        return 0


BROKEN: Any = Unequal()


def two_rules(**broken: Any) -> RuleSet:
    good, bad = rule(id="good", topics=("military",)), rule(id="bad", topics=("military",), **broken)
    return ruleset(bad, good, topics=(topic("military", "military"),))


def test_a_rule_that_fails_is_switched_off_and_the_others_go_on() -> None:
    matcher = Matcher(two_rules(near=BROKEN))
    assert matcher.switched_off == {}
    assert [hit.rule for hit in matcher.match(article())] == ["good"]
    assert matcher.switched_off == {"bad": "it failed with ZeroDivisionError: no such scope"}
    assert [hit.rule for hit in matcher.match(article())] == ["good"]


def test_a_rule_whose_topics_cannot_be_asked_is_switched_off_too() -> None:
    nothing: Any = 7
    matcher = Matcher(two_rules(and_topics=nothing))
    assert [hit.rule for hit in matcher.match(article())] == ["good"]
    assert "TypeError" in matcher.switched_off["bad"]


def test_a_rule_that_fails_only_when_its_hit_is_made_is_switched_off_as_well() -> None:
    class Status:
        def __eq__(self, other: object) -> bool:
            if other == "trial":
                raise LookupError("no such status")
            return False

        def __hash__(self) -> int:
            return 0

        def __ne__(self, other: object) -> bool:
            return True

    status: Any = Status()
    matcher = Matcher(two_rules(status=status))
    assert [hit.rule for hit in matcher.match(article())] == ["good"]
    assert "no such status" in matcher.switched_off["bad"]


def test_a_miss_says_that_the_rule_is_switched_off() -> None:
    matcher = Matcher(two_rules(near=BROKEN))
    for _ in range(2):
        (miss,) = [miss for found, _, miss in matcher.misses(article()) if found.id == "bad"]
        assert miss.why == "the rule is switched off: it failed with ZeroDivisionError: no such scope"


def test_articles_of_any_kind_get_an_answer_in_linear_time() -> None:
    matcher = Matcher(two_rules())
    news = "Alibaba helps the military. "
    piles = ("word " * 1_000_000, "a" * 5_000_000, "😀" * 1_000_000, "\x00" * 2_000_000, "\u202e\u2066" * 200_000)
    for pile in piles:
        assert matcher.match(article(title="", text=pile)) == ()
    for pile in ("\x00" * 1_000, "\u202e" * 1_000, "😀" * 1_000, "a" * 100_000 + " "):
        (hit, *_) = matcher.match(article(title="", text=news + pile))
        assert all((news + pile)[span.start : span.end] == span.text for span in hit.spans)
        assert {span.text for span in hit.spans} == {"Alibaba", "military"}
    assert not matcher.switched_off
