"""`/riskbot mute …`: what it silences, and what whoever typed it is told, on the store in memory."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskbot.errors import InputError
from riskbot.model import Outlet
from riskbot.usecases.answers import NOT_AGAIN, Press, Said, mute
from riskbot.usecases.commands import Mute, parse
from riskbot.usecases.silences import outlet_names
from tests.builders import NOW, feed, ruleset
from tests.fakes import FakeStore

OUTLETS = outlet_names([Outlet("Reuters"), Outlet("Financial Times", ("=FT",))], [feed(outlet="Polar Gazette")])


async def muted(store: FakeStore, typed: str, key: str = "k1") -> Said:
    asked = parse(f"mute {typed}")
    assert isinstance(asked, Mute)
    return await mute(store, ruleset(), Press("U1", "anna", NOW, key), asked, OUTLETS)


@pytest.mark.parametrize("name", ["Reuters", "polar gazette"])
async def test_an_outlet_that_is_known_is_muted_without_a_word_more(name: str) -> None:
    store = FakeStore()
    said = await muted(store, f"outlet {name} 2d too much")
    (made,) = await store.silences()
    assert (dict(made.matchers), made.ends, made.comment) == ({"outlet": (name,)}, NOW + timedelta(days=2), "too much")
    assert said.parts == ()


@pytest.mark.parametrize(("name", "meant"), [("Reuterz", "Reuters"), ("FT", "Financial Times")])
async def test_an_outlet_that_nothing_names_is_muted_and_doubted(name: str, meant: str) -> None:
    store = FakeStore()
    said = await muted(store, f"outlet {name} 2d")
    assert [dict(each.matchers) for each in await store.silences()] == [{"outlet": (name,)}]
    assert f"Silent about outlet {name}" in said.text
    ((_, lines),) = said.parts
    assert [f"did you mean {meant!r}?" in line for line in lines] == [True]


async def test_a_command_that_slack_brings_twice_mutes_once() -> None:
    store = FakeStore()
    await muted(store, "outlet Reuterz 2d")
    again = await muted(store, "outlet Reuterz 2d")
    assert (again.text, again.parts) == (NOT_AGAIN, ())
    assert len(await store.silences()) == 1


async def test_a_company_that_nothing_names_is_refused_with_the_nearest() -> None:
    store = FakeStore()
    with pytest.raises(InputError, match="no company 'alibba'") as refused:
        await muted(store, "company alibba 2d")
    assert refused.value.mend == "did you mean alibaba?"
    assert await store.silences() == []
