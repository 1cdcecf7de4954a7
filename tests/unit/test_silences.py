"""What people ask of silences, on the store in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from riskbot.errors import InputError
from riskbot.matching.rules import Term
from riskbot.model import Outlet
from riskbot.model.calm import Silence
from riskbot.usecases.silences import add_silence, doubts, end_silence, list_silences, outlet_names, silence_form
from tests.builders import NOW, company, entry, feed, later, rule, ruleset, topic
from tests.fakes import FakeStore
from tests.rounds import polled

RULES = ruleset(
    rule(),
    companies=(
        company(aliases=(Term.parse("Alibaba"), Term.parse("Taobao")), tickers=("BABA",)),
        company("Polar Lines", id="polar-lines", aliases=(Term.parse("Polar Lines"), Term.parse("Polar"))),
        company("Polar Foods", id="polar-foods", aliases=(Term.parse("Polar Foods"), Term.parse("Polar"))),
    ),
    topics=(topic("military"), topic("memo")),
)


async def add(store: FakeStore, **fields: Any) -> Silence:
    given = {key: fields.pop(key) for key in ("rule", "company", "topic", "outlet", "story", "level") if key in fields}
    matchers = {key: value if isinstance(value, tuple) else (value,) for key, value in given.items()}
    silence = Silence("", matchers, NOW, later(days=2), "anna", "known")
    return await add_silence(store, RULES, replace(silence, **fields), NOW)


@pytest.mark.parametrize("written", ["alibaba", "Alibaba", " TAOBAO ", "baba"])
async def test_a_company_may_be_called_by_any_of_its_names_and_is_kept_by_its_id(written: str) -> None:
    made = await add(FakeStore(), company=written)
    assert (made.id, made.matchers) == ("m1", {"company": ("alibaba",)})


async def test_rules_go_by_id_or_title_and_a_star_keeps_its_meaning() -> None:
    store = FakeStore()
    assert (await add(store, rule="Alibaba and the military")).matchers == {"rule": ("alibaba-and-the-military",)}
    both = await add(store, company=("polar*", "alibaba"), topic=("mil*",), level=("low", "MEDIUM"), outlet="Reuters")
    assert both.matchers == {
        "company": ("polar*", "alibaba"),
        "topic": ("mil*",),
        "outlet": ("Reuters",),
        "level": ("low", "medium"),
    }


@pytest.mark.parametrize(
    ("fields", "said", "mend"),
    [
        ({}, "names nothing", "name a rule"),
        ({"company": " "}, "names nothing", "name a rule"),
        ({"company": "alibba"}, "no company goes by 'alibba'", "did you mean 'Alibaba'"),
        ({"company": "Polar"}, "may be any of polar-foods, polar-lines", "name one"),
        ({"company": "xyz*"}, "no company goes by 'xyz*'", "riskbot rules list"),
        ({"topic": "militry"}, "no topic", "did you mean 'military'"),
        ({"level": "grave"}, "no level", "the levels are low, medium, high, critical"),
        ({"story": "s9"}, "there is no story 's9'", "stories list"),
        ({"company": "alibaba", "ends": NOW}, "over before it begins", "an end that lies ahead"),
        ({"company": "alibaba", "ends": None}, "no end", "how long"),
        ({"company": "alibaba", "author": " "}, "who wants it", "author"),
    ],
)
async def test_a_slip_is_told_with_its_mend_and_nothing_is_kept(fields: dict[str, Any], said: str, mend: str) -> None:
    store = FakeStore()
    with pytest.raises(InputError, match=said.replace("*", r"\*")) as error:
        await add(store, **fields)
    assert mend in error.value.mend
    assert await store.silences() == []


OUTLETS = outlet_names(
    [Outlet("Financial Times", ("=FT", "ft.com*")), Outlet("Reuters"), Outlet("Time")],
    [feed(outlet="Polar Gazette"), feed("other")],
)


@pytest.mark.parametrize("written", ["Reuters", " reuters ", "REUT*", "polar gazette", "Financial*", "*"])
def test_an_outlet_that_a_rule_file_or_a_feed_names_is_not_doubted(written: str) -> None:
    assert doubts([written], OUTLETS) == []


@pytest.mark.parametrize(
    ("written", "said", "mend"),
    [
        ("Reuterz", "'Reuterz' is an outlet that no rule file names", "did you mean 'Reuters'?"),
        ("Polar Gazete", "articles that carry exactly that name", "did you mean 'Polar Gazette'?"),
        ("FT", "'FT' is only what others call an outlet", "did you mean 'Financial Times'?"),
        ("Finansial Tim*", "articles that carry such a name", "did you mean 'Financial Times'?"),
        ("Xyzzy Herald", "'Xyzzy Herald' is an outlet that no rule file names", "`riskbot stories show`"),
    ],
)
def test_an_outlet_that_nothing_names_is_doubted_with_the_nearest_that_there_is(
    written: str, said: str, mend: str
) -> None:
    (doubt,) = doubts(["Reuters", written], OUTLETS)
    assert said in doubt.said
    assert mend in doubt.mend


def test_an_outlet_named_by_a_feed_is_called_as_the_feed_calls_it() -> None:
    known = outlet_names([Outlet("Financial Times", ("=FT",))], [feed(outlet="FT")])
    assert doubts(["FT", "financial times"], known) == []


async def test_an_outlet_that_nothing_names_may_be_silenced_all_the_same() -> None:
    assert (await add(FakeStore(), outlet="Reuterz")).matchers == {"outlet": ("Reuterz",)}


async def test_an_unknown_matcher_is_refused() -> None:
    odd = Silence("", {"colour": ("red",)}, NOW, later(days=1), "anna")
    with pytest.raises(InputError, match="cannot match by 'colour'"):
        await add_silence(FakeStore(), RULES, odd, NOW)


async def test_without_rules_names_are_taken_as_they_are() -> None:
    given = Silence("", {"company": ("anyone",)}, NOW, later(days=1), "anna")
    assert (await add_silence(FakeStore(), None, given, NOW)).matchers == {"company": ("anyone",)}


async def test_a_story_may_be_muted_until_something_material() -> None:
    store = FakeStore()
    await polled(store, entry(entry_id="1"))
    made = await add(store, story="s1", ends=None, until_material=True)
    assert silence_form(made, NOW)["state"] == "active"


async def test_silences_are_listed_the_newest_first_and_those_that_are_over_on_demand() -> None:
    store = FakeStore()
    await add(store, company="alibaba", ends=later(hours=1))
    await add(store, topic="memo", starts=later(hours=3))
    now = later(hours=2)
    assert [each.id for each in await list_silences(store, now)] == ["m2"]
    forms = [silence_form(each, now) for each in await list_silences(store, now, everything=True)]
    assert [(form["id"], form["state"]) for form in forms] == [("m2", "to come"), ("m1", "over")]


async def test_a_silence_is_ended_once_and_by_its_id() -> None:
    store = FakeStore()
    await add(store, company="alibaba")
    ended = await end_silence(store, "m1", "ben", later(hours=1))
    assert (ended.ended_at, ended.ended_by) == (later(hours=1), "ben")
    with pytest.raises(InputError, match="m1 is over since 2025-11-17 13:00 UTC"):
        await end_silence(store, "m1", "ben", later(hours=2))
    with pytest.raises(InputError, match="there is no silence 'm11'") as error:
        await end_silence(store, "m11", "ben", NOW)
    assert error.value.mend == "did you mean m1?"
