"""A silence stops exactly what it names."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.model import Hit, Level
from riskbot.model.calm import Silence
from riskbot.policy.silences import matches, silenced, words
from tests.builders import NOW, hit, later

TENCENT = hit("tencent")
SANCTIONS = hit("alibaba", "sanctions")


def silence(id_: str = "m1", **matchers: Any) -> Silence:
    times = {key: matchers.pop(key) for key in ("starts", "ends", "ended_at") if key in matchers}
    of = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in matchers.items()}
    return Silence(id_, of, times.pop("starts", NOW), times.pop("ends", later(days=1)), "anna", **times)


def stops(*silences: Silence, hits: tuple[Hit, ...] = (hit(),), **fields: Any) -> str | None:
    fields = {"story": "s7", "level": Level.MEDIUM, "outlet": "Reuters", "now": NOW} | fields
    found = silenced(hits, silences=silences, **fields)
    return found.id if found else None


@pytest.mark.parametrize(
    "matchers",
    [
        {"company": "alibaba"},
        {"company": "ALIBABA"},
        {"company": "ali*"},
        {"rule": "alibaba-military"},
        {"topic": "military"},
        {"outlet": "reuters"},
        {"story": "s7"},
        {"level": ("low", "medium")},
        {"company": "alibaba", "topic": "mil*", "level": "medium", "outlet": "Reu*"},
    ],
)
def test_what_all_matchers_name_is_silent(matchers: dict[str, Any]) -> None:
    assert stops(silence(**matchers)) == "m1"


@pytest.mark.parametrize(
    "matchers",
    [
        {"company": "aliba"},
        {"company": "tencent"},
        {"rule": "alibaba-sanctions"},
        {"story": "s70"},
        {"level": "high"},
        {"company": "alibaba", "topic": "sanctions"},
        {"company": "alibaba", "outlet": "CNBC"},
    ],
)
def test_what_one_matcher_does_not_name_is_told(matchers: dict[str, Any]) -> None:
    assert stops(silence(**matchers)) is None


def test_muting_a_company_never_hides_another_of_the_same_article() -> None:
    assert stops(silence(company="alibaba"), hits=(hit(), TENCENT)) is None
    assert stops(silence(company="alibaba"), silence("m2", company="tencent"), hits=(hit(), TENCENT)) == "m1"


def test_muting_a_topic_never_hides_another() -> None:
    assert stops(silence(topic="military"), hits=(hit(), SANCTIONS)) is None
    assert stops(silence(topic="military"), hits=(hit("alibaba", "military", "sanctions"),)) is None
    assert stops(silence(topic=("military", "sanctions")), hits=(hit(), SANCTIONS)) == "m1"


def test_an_unknown_outlet_is_matched_by_no_silence() -> None:
    assert stops(silence(outlet="Reuters"), outlet=None) is None


def test_an_article_without_a_hit_is_silent_only_where_its_story_is_meant() -> None:
    assert stops(silence(company="alibaba"), hits=()) is None
    assert stops(silence(company="alibaba"), silence("m2", story="s7"), hits=()) == "m2"


def test_a_silence_holds_from_its_start_to_its_end() -> None:
    assert stops(silence(company="alibaba", starts=later(minutes=1))) is None
    assert stops(silence(company="alibaba", ends=NOW)) is None
    assert stops(silence(company="alibaba", ended_at=NOW)) is None
    assert stops(silence(company="alibaba", ends=None)) == "m1"


def test_it_is_over_at_the_earlier_of_its_two_ends() -> None:
    ended = silence(company="alibaba", ends=later(hours=2), ended_at=later(hours=1))
    assert ended.over(later(minutes=59)) is None
    assert ended.over(later(hours=3)) == later(hours=1)


def test_it_is_named_by_what_it_matches() -> None:
    assert words(silence(topic=("military", "memo"), company="alibaba")) == "company alibaba, topic military or memo"


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_matcher_means_itself_and_with_a_star_every_ending(name: str, ending: str) -> None:
    name = name.strip().rstrip("*")
    assert name != name.strip() or matches(name, name)
    assert matches(f"{name}*", name + ending)
