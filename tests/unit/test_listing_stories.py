"""Which stories a list shows, by the words that companies go by, on the store in memory."""

from __future__ import annotations

import pytest

from riskbot.errors import InputError
from riskbot.matching.match import Matcher
from riskbot.matching.rules import Term
from riskbot.mind import Mind
from riskbot.policy.alerting import Policy
from riskbot.usecases.stories import Listed, list_stories, living, no_story
from tests.builders import NOW, company, entry, later, rule, ruleset
from tests.fakes import FakeStore
from tests.rounds import OUTLETS, polled

RULES = ruleset(
    rule(),
    companies=(
        company(aliases=(Term.parse("Alibaba"), Term.parse("Taobao")), tickers=("BABA",)),
        company("Polar Lines", id="polar-lines"),
    ),
)
MIND = Mind(Matcher(RULES), OUTLETS, Policy(channel="risk"))
HEADLINE = "Tencent sells maps to the military"


async def stories(company: str, *, days: int = 0) -> list[Listed]:
    """Those of a company, with one of Alibaba and one of Tencent, which these rules no longer watch, in the store."""
    store = FakeStore()
    await polled(store, entry(entry_id="1", published=NOW), entry(HEADLINE, HEADLINE, entry_id="2", published=NOW))
    return await list_stories(store, MIND, later(days=days), everything=True, company=company)


@pytest.mark.parametrize("word", ["alibaba", "ALIB", "taobao", "baba", " Taobao "])
async def test_a_company_may_be_called_by_a_part_of_any_of_its_names(word: str) -> None:
    assert [each.summary.companies for each in await stories(word)] == [("Alibaba",)]


async def test_a_company_that_is_watched_no_longer_is_found_by_what_its_stories_say() -> None:
    assert [each.summary.companies for each in await stories("tencent")] == [("Tencent",)]


async def test_a_company_that_is_watched_and_has_no_story_is_answered_with_none() -> None:
    assert await stories("polar") == []


@pytest.mark.parametrize(
    ("word", "mend"),
    [
        ("alibba", "did you mean 'Alibaba'?"),
        ("polar linse", "did you mean 'Polar Lines'?"),
        ("xyzzy", "`riskbot rules list companies` shows every company"),
    ],
)
async def test_a_word_that_nothing_goes_by_is_answered_with_the_nearest_name(word: str, mend: str) -> None:
    with pytest.raises(InputError, match=f"no company goes by '{word}', and no story tells of one") as refused:
        await stories(word)
    assert refused.value.mend == mend
    with pytest.raises(InputError, match="no company"):
        no_story(MIND, word)  # where there is no store to ask


async def test_without_a_word_an_empty_store_has_no_story_and_nothing_is_wrong() -> None:
    assert await list_stories(FakeStore(), MIND, NOW) == []
    no_story(MIND, "")
    no_story(MIND, "taobao")


async def test_the_living_are_those_that_are_not_past() -> None:
    assert len(living(await stories("alibaba"))) == 1
    assert living(await stories("alibaba", days=300)) == []
