"""Which of the candidate stories an article belongs to, and why."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.model import Placement
from riskbot.stories.placing import (
    JOIN_FROM,
    NEAREST_ONLY,
    NEVER_AFTER,
    QUIET_FROM,
    WITHOUT_HIT_FROM,
    Candidate,
    nearest,
    place,
    seniority,
)
from riskbot.stories.similarity import Weighed
from tests.builders import later
from tests.newsroom import BAN, BAN_TEXT, RETOLD, RETOLD_TEXT, ban, of_company, other, retold, story, told

QUIET = timedelta(hours=72)


def placed(own: Weighed, *among: Candidate, opens: bool = True) -> Placement:
    return place(own, among, opens=opens, quiet_after=QUIET)


def ban_of(who: str, what: str = "app", **fields: Any) -> Weighed:
    return told(
        f"{who} bans Acme {what} on government phones", f"{who} ordered officials to remove the {what}.", **fields
    )


def test_a_retold_report_joins_its_story_and_says_why() -> None:
    joined = placed(retold(), story("s1", ban()))
    assert (joined.story, joined.opens, joined.merges) == ("s1", False, ())
    assert joined.similarity > 0.8
    assert joined.why.startswith(f"{joined.similarity:.2f} with 1 of 1 articles; shared: ")
    assert "acme" in joined.why
    assert joined.why.endswith("; frequencies newsroom")


def test_the_reason_says_when_it_is_the_same_company() -> None:
    own, theirs = told(RETOLD, RETOLD_TEXT, of_company()), told(BAN, BAN_TEXT, of_company())
    assert "; same company; shared: " in placed(own, story("s1", theirs)).why


def test_an_article_like_no_live_story_opens_one() -> None:
    assert placed(ban()) == Placement(None, True, 0.0, "no live story is like it")
    apart = placed(other(), story("s1", ban()))
    assert (apart.story, apart.opens) == (None, True)
    assert apart.similarity < 0.1
    assert "the nearest story is s1 at 0.0" in apart.why
    assert "0.50 needed; frequencies newsroom" in apart.why


@pytest.mark.parametrize(
    ("title", "text", "days"),
    [
        ("Italy bans Acme app on government phones", "Italy ordered officials to remove the app.", 2),
        ("Canada lists Acme and adopts new wave of sanctions", "Canada ordered officials to end all work with it.", 2),
        ("Acme shares fall as Canada bans app", "The market asked what comes next for the maker.", 1),
        ("Canada bans Acme app on government phones", "Canada ordered officials to remove the app.", 90),
    ],
)
def test_what_must_not_be_one_story_opens_its_own(title: str, text: str, days: int) -> None:
    ban_story = story("s1", ban(), retold(at=later(hours=3)))
    assert placed(told(title, text, at=later(days=days)), ban_story).story is None


def test_the_same_earnings_join_and_those_of_the_next_quarter_do_not() -> None:
    third = story("s1", told("Acme third-quarter profit rises on strong demand", "Sales of chips rose."))
    assert placed(told("Acme Q3 profit rises on demand for chips", at=later(hours=1)), third).story == "s1"
    assert placed(told("Acme fourth-quarter profit rises on strong demand", at=later(hours=1)), third).story is None


def test_an_article_without_a_hit_that_names_only_others_joins_no_story_told_in_the_same_words() -> None:
    among = story("s1", told("Acme app ban on government phones", "", of_company()))
    of_another = placed(told("Zenith app ban on government phones"), among, opens=False)
    assert (of_another.story, of_another.similarity > WITHOUT_HIT_FROM) == (None, True)
    assert "s1 at 0." in of_another.why
    assert "but it names nobody of whom that speaks" in of_another.why
    assert placed(told("Government phones: app ban"), among, opens=False).story == "s1"


def test_an_article_without_a_hit_must_be_likelier_and_never_opens() -> None:
    joined = placed(retold(), story("s1", told(BAN, BAN_TEXT, of_company())), opens=False)
    assert (joined.story, joined.opens) == ("s1", False)
    assert "same company" not in joined.why
    apart = placed(other(), story("s1", ban()), opens=False)
    assert (apart.story, apart.opens) == (None, False)
    assert apart.why.startswith("it meets no rule, and no live story is like it; the nearest story is s1")
    answers = []
    for hours in range(0, 72, 2):
        own = told("Acme app row over phones", at=later(hours=hours))
        free, bound = placed(own, story("s1", ban())), placed(own, story("s1", ban()), opens=False)
        assert free.similarity == bound.similarity
        assert (free.story, bound.story) == (
            "s1" if free.similarity >= JOIN_FROM else None,
            "s1" if free.similarity >= WITHOUT_HIT_FROM else None,
        )
        answers.append((free.story, bound.story))
    assert {("s1", "s1"), ("s1", None), (None, None)} == set(answers)


def test_a_possibility_that_opens_nothing_says_so_and_joins_like_any_hit() -> None:
    possible = told(RETOLD, RETOLD_TEXT, of_company())
    assert placed(possible, opens=False).why.startswith("only a possibility outside title and lead, and ")
    assert placed(possible, story("s1", told(BAN, BAN_TEXT, of_company())), opens=False).story == "s1"


def test_the_same_words_about_another_company_do_not_join_but_the_same_text_does() -> None:
    theirs = story("s1", told(BAN, BAN_TEXT, of_company("acme")))
    assert placed(told(RETOLD, RETOLD_TEXT, of_company("bolt")), theirs).story is None
    assert placed(told(BAN, BAN_TEXT, of_company("bolt"), id_="b"), theirs).story == "s1"


def test_of_two_stories_the_likelier_is_joined_and_of_equals_the_older() -> None:
    near, far = story("s10", ban()), story("s9", told("Bolt recalls cars in Canada", "A word on doors."))
    assert placed(retold(), far, near).story == "s10"
    assert placed(retold(), story("s10", ban()), story("s9", ban(id_="b")), opens=True).story == "s9"


def test_stories_are_as_old_as_their_number_is_small() -> None:
    assert sorted(["s10", "s9", "x", "s9b"], key=seniority) == ["x", "s9", "s9b", "s10"]


def test_a_late_article_finds_its_place_by_its_own_time() -> None:
    early, late = story("s1", ban()), story("s2", ban_of("Canada", at=later(days=9)))
    assert placed(retold(at=later(hours=1)), early, late).story == "s1"
    assert placed(retold(at=later(days=9, hours=1)), early, late).story == "s2"


def test_of_a_long_story_the_articles_nearest_in_time_are_compared() -> None:
    members = [ban(id_=f"a{n:02}", at=later(hours=n)) for n in range(30)]
    assert [m.sketch.article for m in nearest(ban(at=later(hours=20.2)), members, 3)] == ["a20", "a21", "a19"]
    assert len(nearest(ban(at=None), members)) == NEAREST_ONLY
    assert f"of {NEAREST_ONLY} articles" in placed(retold(at=later(hours=9)), story("s1", *members)).why


def test_what_a_story_came_to_hold_weighs_against_one_like_member_but_not_against_the_same_text() -> None:
    crowd = [told(f"Row {n}", "Courts, cricket, cheese and a quarrel.", id_=f"r{n}") for n in range(NEAREST_ONLY - 1)]
    assert placed(retold(), story("s1", *crowd, ban())).story is None
    assert placed(ban(id_="z"), story("s1", *crowd, ban())).story == "s1"


# ── its life ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_quiet_story_is_reopened_only_by_what_is_nearly_certain() -> None:
    quiet = story("s1", ban())
    assert placed(ban(id_="b", at=later(days=6)), quiet).story == "s1"
    apart = placed(told("Acme app row over phones", at=later(days=4)), quiet)
    assert apart.story is None
    assert f"{QUIET_FROM:.2f} needed" in apart.why


def test_a_story_of_90_days_ago_swallows_nothing_not_even_its_own_text() -> None:
    old = story("s1", ban())
    for days in (31, 90, -31):
        assert placed(ban(id_="b", at=later(days=days)), old).story is None
    assert placed(ban(id_="b", at=later(days=31)), old).why == "no live story is like it"
    assert timedelta(days=30) == NEVER_AFTER


def test_without_a_time_no_story_is_quiet_or_past() -> None:
    assert placed(ban(id_="b", at=None), story("s1", ban())).story == "s1"
    assert placed(ban(id_="b"), story("s1", ban(at=None))).story == "s1"


# ── what people took apart or put together ───────────────────────────────────────────────────────────────────────


def test_an_article_that_people_took_out_of_a_story_never_comes_back() -> None:
    barred = story("s1", ban(), barred=("again",))
    assert placed(retold(id_="again"), barred).story is None
    assert placed(retold(id_="another"), barred).story == "s1"


def test_an_article_that_bridges_two_stories_merges_the_younger_into_the_older() -> None:
    one, two = story("s7", ban()), story("s12", retold(at=later(hours=1)))
    bridge = told(BAN, RETOLD_TEXT, at=later(hours=1), id_="bridge")
    merged = placed(bridge, two, one)
    assert (merged.story, merged.merges) == ("s7", ("s12",))
    assert merged.why.endswith("; it shows s12 to be s7")


def test_what_people_keep_apart_is_never_merged() -> None:
    bridge = told(BAN, RETOLD_TEXT, at=later(hours=1), id_="bridge")
    for fields in ({"apart": ("s12",)}, {}):
        one = story("s7", ban(), **fields)
        two = story("s12", retold(at=later(hours=1)), apart=() if fields else ("s7",))
        joined = placed(bridge, one, two)
        assert joined.story in ("s7", "s12")
        assert joined.merges == ()


def test_of_three_stories_that_an_article_bridges_only_those_are_merged_that_nobody_keeps_apart() -> None:
    bridge = told(BAN, RETOLD_TEXT, at=later(hours=1), id_="bridge")
    three = [story("s7", ban()), story("s12", retold()), story("s13", ban(id_="c"), apart=("s12",))]
    assert placed(bridge, *three[:2], story("s13", ban(id_="c"))).merges == ("s12", "s13")
    merged = placed(bridge, *three)
    assert merged.story == "s7"
    assert merged.merges in (("s12",), ("s13",))


def test_two_stories_that_are_not_alike_themselves_are_not_merged_by_an_article_like_both() -> None:
    """A round-up tells of two events; that does not make them one."""
    one = story("s1", ban_of("Canada"), ban_of("Canada", id_="c2", at=later(hours=2)))
    two = story("s2", ban_of("Italy"), ban_of("Italy", id_="i2", at=later(hours=2)))
    both = told("Canada and Italy ban Acme app on government phones", "Canada and Italy ordered officials.")
    assert placed(both, one, two).merges == ()


def test_a_quiet_story_is_merged_with_none() -> None:
    old, new = story("s1", ban(at=later(days=-5))), story("s2", ban(id_="b"))
    joined = placed(ban(id_="c", at=later(hours=1)), old, new)
    assert (joined.story, joined.merges) == ("s2", ())


# ── always the same ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_order_of_the_candidates_changes_nothing() -> None:
    among = [story("s1", ban()), story("s2", ban(id_="b")), story("s3", other()), story("s4", ban_of("Italy"))]
    answers = {placed(retold(), *order) for order in permutations(among)}
    assert len(answers) == 1


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([BAN, RETOLD, "Italy bans Acme app", ""]), min_size=1, max_size=5),
    st.text(max_size=60),
    st.randoms(),
)
def test_the_same_input_has_the_same_answer(titles: list[str], text: str, chance: Any) -> None:
    among = [story(f"s{n}", told(title, text, id_=f"m{n}")) for n, title in enumerate(titles, 1)]
    own = told(titles[0], text, id_="own")
    first = placed(own, *among)
    chance.shuffle(among)
    assert placed(own, *among) == first
    assert first.story is None or first.story in {each.story for each in among}


def test_a_story_without_articles_is_no_candidate() -> None:
    assert placed(ban(), story("s1")).story is None


def test_an_article_without_date_title_or_text_has_an_answer_too() -> None:
    for bare in (told("", "", at=None), told("", BAN_TEXT, at=None), told(BAN, "", at=None)):
        answer = placed(bare, story("s1", ban()))
        assert answer.why
        assert answer.opens or answer.story == "s1"


def test_notices_by_form_are_not_one_story_because_they_are_one_text_but_for_the_name() -> None:
    form = "The ministry has put {} on its list. " + " ".join(
        f"Paragraph {number} of the order says what dealings are forbidden from the {number}th of May on."
        for number in range(12)
    )
    listed = told("Ministry puts Acme on its list", form.format("Acme"), of_company("acme"))
    other_ = told("Ministry puts Zenith on its list", form.format("Zenith"), of_company("zenith"))
    assert placed(other_, story("s1", listed)).story is None
    again = told("Ministry puts Acme on its list", form.format("Acme"), of_company("acme-holding"), id_="again")
    assert placed(again, story("s1", listed)).story == "s1"
