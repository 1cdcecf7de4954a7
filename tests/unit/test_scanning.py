"""Scan, as one process does it: what comes out for what goes in."""

from __future__ import annotations

import io
import json
import pickle
from typing import Any, cast

import pytest

from riskbot.errors import ArticleFileError
from riskbot.matching.match import Matcher
from riskbot.matching.rules import RuleSet
from riskbot.mind import Mind
from riskbot.model import Outlet
from riskbot.stories.outlets import Outlets
from riskbot.usecases.scan import Stories, scan
from tests.builders import TEXT, TITLE, rule, ruleset
from tests.claimterms import shipped_reader
from tests.rounds import RETOLD

TRIAL = rule("On trial", status="trial", level="low")
HIT = {"title": TITLE, "text": TEXT}
QUIET = {"title": "Airline strike in Toulouse", "text": "Crews walked out at noon."}


def scanned(
    *given: object, rules: RuleSet | None = None, stories: Stories = "hits", trial: bool = False
) -> list[dict[str, Any]]:
    """What comes out for these lines; text goes in as it is."""
    source = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in given)
    mind = Mind(Matcher(rules or ruleset()), Outlets([Outlet("Financial Times", ("=FT",))]), claims=shipped_reader())
    came = b"".join(scan(io.BytesIO(source.encode()), mind, stories, trial=trial))
    return [json.loads(line) for line in came.splitlines()]


def test_one_line_comes_for_each_article_in_order_with_the_keys_of_the_contract() -> None:
    came = scanned({"id": 3} | QUIET, "", {"id": "x"} | HIT, {"id": 1} | QUIET | {"outlet": "Le Monde"})
    assert [line["id"] for line in came] == [3, "x", 1]
    assert all(list(line) == ["id", "hits", "story", "outlet", "origin", "claims"] for line in came)
    assert [line["outlet"] for line in came] == [None, None, "Le Monde"]
    (hit,) = came[1]["hits"]
    assert list(hit) == ["rule", "company", "company_name", "topics", "modality", "level", "score", "spans"]
    assert all(list(span) == ["field", "start", "end", "text", "term", "topic"] for span in hit["spans"])
    assert {(claim["status"], claim["speaker"]) for claim in came[1]["claims"]} >= {("denied", "Alibaba")}
    assert came[0]["claims"] == came[0]["hits"] == []


def test_spans_count_characters_of_the_fields_as_given() -> None:
    given = {
        "id": 1,
        "title": "\u200b  \U0001f6a2 Alibaba\u00a0and the\tmilitary ",
        "text": " \r\n\r\nAlibaba\u00ad\x00 … military\r\n",
    }
    (line,) = scanned(given)
    assert line["hits"]
    for span in line["hits"][0]["spans"]:
        assert str(given[span["field"]])[span["start"] : span["end"]] == span["text"]


def test_an_empty_source_gives_nothing() -> None:
    assert scanned() == []


def test_half_a_surrogate_pair_goes_in_and_comes_out() -> None:
    (line,) = scanned('{"id": "\\ud800", "title": "Alibaba and the military \\udfff", "text": null}')
    assert line["id"] == "\ud800"
    assert line["hits"]


def test_the_origin_is_the_outlet_the_text_credits() -> None:
    (line,) = scanned(
        {"id": 1, "title": TITLE, "text": "The Financial Times reported that Alibaba helps the military."}
    )
    assert line["origin"] == "Financial Times"
    assert line["outlet"] is None


def test_stories_are_those_of_hits_or_of_every_article_or_none() -> None:
    retold = {"title": RETOLD.title, "text": RETOLD.text}
    given = [{"id": n} | fields for n, fields in enumerate((HIT, QUIET, retold, QUIET))]
    assert [line["story"] for line in scanned(*given)] == ["s1", None, "s1", None]
    assert [line["story"] for line in scanned(*given, stories="all")] == ["s1", "s2", "s1", "s2"]
    assert [line["story"] for line in scanned(*given, stories="none")] == [None] * 4


def test_rules_on_trial_are_silent_unless_they_are_asked_for_and_never_move_a_story() -> None:
    rules = ruleset(TRIAL)
    assert scanned({"id": 1} | HIT, rules=rules)[0]["hits"] == []
    (shown,) = scanned({"id": 1} | HIT, rules=rules, trial=True)
    assert [(hit["rule"], hit["trial"]) for hit in shown["hits"]] == [("on-trial", True)]
    assert shown["story"] is None
    silent = scanned({"id": 1} | HIT, rules=rules)[0]
    assert (silent["claims"], silent["story"]) == ([], None)
    both = ruleset(rule(), TRIAL)
    (beside,) = scanned({"id": 1} | HIT, rules=both, trial=True)
    assert [hit.get("trial") for hit in beside["hits"]] == [None, True]
    assert beside["story"] == scanned({"id": 1} | HIT, rules=both)[0]["story"] == "s1"


def test_rules_that_are_off_stay_off() -> None:
    assert scanned({"id": 1} | HIT, rules=ruleset(rule(status="off")), trial=True)[0]["hits"] == []


def test_a_line_that_is_no_article_ends_it_when_all_before_it_have_come() -> None:
    source = io.BytesIO(b'{"id": 1, "title": "a"}\n\n{"id": 2, "text": "b"}\n{"id": 3}\n{"id": 4, "title": "d"}\n')
    came = scan(source, Mind(Matcher(ruleset()), Outlets()))
    assert [json.loads(line)["id"] for line in next(came).splitlines()] == [1, 2]
    with pytest.raises(ArticleFileError, match="line 4 has neither title nor text"):
        next(came)


def test_a_rule_that_fails_is_told_once_and_the_others_go_on() -> None:
    broken = rule("Broken", not_topics=cast(Any, 5))  # no rule file can say this
    told: list[tuple[str, str]] = []
    source = io.BytesIO("".join(json.dumps({"id": n} | HIT) + "\n" for n in range(3)).encode())
    mind = Mind(Matcher(ruleset(rule(), broken)), Outlets())
    came = b"".join(scan(source, mind, tell_failed=lambda id_, why: told.append((id_, why))))
    assert [[hit["rule"] for hit in json.loads(line)["hits"]] for line in came.splitlines()] == [[rule().id]] * 3
    assert [id_ for id_, _ in told] == ["broken"]


def test_what_workers_need_can_be_sent_to_them_where_processes_are_not_forked() -> None:
    mind = Mind(Matcher(ruleset()), Outlets([Outlet("Financial Times", ("=FT",))]), claims=shipped_reader())
    sent = pickle.loads(pickle.dumps(mind))
    line = json.dumps({"id": 1} | HIT).encode()
    assert list(scan(io.BytesIO(line), sent)) == list(scan(io.BytesIO(line), mind))
