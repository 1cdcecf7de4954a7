"""A story as people are told of it: what is counted, and what is chosen."""

from __future__ import annotations

from typing import Any

from riskbot.model import Level, Member, Modality, Outlet, Reading, Span, Standing, Story, Summary
from riskbot.stories.outlets import Outlets
from riskbot.stories.summary import summarise
from tests.builders import NOW, TITLE, article, claim, hit, later, placement, reading, span

FT = Outlet("Financial Times", ("=FT",), ("ft.com",), tier=1, family="Nikkei")
OUTLETS = Outlets(
    [
        FT,
        Outlet("Nikkei Asia", tier=2, family="Nikkei"),
        Outlet("CNBC", domains=("cnbc.com",), tier=2),
        Outlet("Yahoo Finance", kind="aggregator", tier=3),
    ]
)


def of(*readings: Reading, **story: Any) -> Summary:
    return summarise(Story("s1", tuple(Member(given, placement("s1")) for given in readings), **story), OUTLETS)


def by(outlet: str | None, title: str = TITLE, **fields: Any) -> Reading:
    own = {key: fields.pop(key) for key in ("url", "published", "seen", "text") if key in fields}
    return reading(article(title, outlet=outlet, **own), **fields)


# ── counts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_articles_outlets_and_origins_are_three_counts() -> None:
    story = of(
        by("CNBC", origin="Financial Times"),
        by("Yahoo Finance", origin="Financial Times"),
        by(None, origin="Financial Times"),
    )
    assert (story.articles, story.outlets, story.origins) == (3, ("CNBC", "Yahoo Finance"), ("Financial Times",))
    assert story.origins_read == ()


def test_a_known_outlet_that_credits_nobody_is_an_origin_of_its_own() -> None:
    story = of(by("CNBC", origin="Financial Times"), by("Financial Times"))
    assert story.origins == story.origins_read == ("Financial Times",)


def test_aggregators_reprints_and_unknown_outlets_add_no_origin() -> None:
    assert of(by("Yahoo Finance"), by("The Daily Nobody"), by(None), by("CNBC", credits=("Blog",))).origins == ()


def test_one_publisher_family_counts_once() -> None:
    assert of(by("Financial Times"), by("Nikkei Asia")).origins == ("Financial Times",)


def test_confirmations_count_speakers_not_articles() -> None:
    confirmed = claim(Standing.CONFIRMED, "Pentagon", bearing="entitled")
    story = of(
        by("CNBC", claims=(confirmed,)),
        by("Financial Times", claims=(confirmed, claim(Standing.CONFIRMED, "PENTAGON"), claim(Standing.OFFICIAL))),
    )
    assert (story.confirmations, story.official) == (1, 1)
    treasury = claim(Standing.CONFIRMED, "Treasury", bearing="entitled")
    assert of(by("CNBC", claims=(confirmed, treasury))).confirmations == 2
    assert of(by("CNBC")).confirmations == 0


def test_claims_stand_once_for_each_standing_and_speaker_the_earliest_first() -> None:
    late = claim(Standing.DENIED, "Alibaba", sentence="late", at=later(hours=5))
    early = claim(Standing.DENIED, "ALIBABA", sentence="early", at=later(hours=1))
    alleged = claim(Standing.ALLEGED, sentence="first", at=later(hours=0))
    story = of(by("CNBC", claims=(late,)), by("Financial Times", claims=(alleged, early)))
    assert [c.sentence for c in story.claims] == ["first", "early"]
    assert story.standings == (Standing.ALLEGED, Standing.DENIED)


def test_a_nameless_claim_stands_only_where_nobody_is_named() -> None:
    nameless = claim(Standing.ALLEGED, None)
    assert of(by("CNBC", claims=(nameless, claim()))).claims == (claim(),)
    assert of(by("CNBC", claims=(nameless, nameless))).claims == (nameless,)


def test_figures_in_which_the_articles_differ_are_shown_with_their_sources() -> None:
    story = of(
        by("CNBC", text="Alibaba shares closed 3.78% lower."), by(None, text="Alibaba's shares fell nearly 4.7%.")
    )
    assert [(figure.value, figure.outlet) for figure in story.figures] == [("3.78%", "CNBC"), ("nearly 4.7%", None)]
    assert of(by("CNBC", text="Alibaba shares closed 3.78% lower.")).figures == ()


def test_the_earliest_times_are_kept_and_unknown_ones_stay_unknown() -> None:
    story = of(by("CNBC", published=later(hours=2)), by(None), by("Financial Times", published=later(hours=1)))
    assert (story.published, story.seen) == (later(hours=1), NOW)
    assert of(by(None, seen=None)).published is of(by(None, seen=None)).seen is None


# ── what it is about ─────────────────────────────────────────────────────────────────────────────────────────────


def test_companies_come_most_prominent_first_and_mentioned_ones_not_at_all() -> None:
    story = of(
        by("CNBC", hits=(hit("tencent"), hit("alibaba"), hit("baidu", salient=False))),
        by("Financial Times", hits=(hit("alibaba"),)),
    )
    assert story.companies == ("Alibaba", "Tencent")
    assert of(by("CNBC", hits=(hit("baidu", salient=False),))).companies == ("Baidu",)


def test_a_topic_met_as_a_fact_by_any_article_is_no_mere_possibility() -> None:
    possible = hit("alibaba", "sanctions", modality=Modality.POSSIBLE)
    story = of(by("CNBC", hits=(hit(), possible)), by("Financial Times", hits=(possible,)))
    assert (story.topics, dict(story.possible)) == (("military",), {"sanctions": 2})
    story = of(by("CNBC", hits=(hit(), possible)), by("Financial Times", hits=(hit("alibaba", "sanctions"),)))
    assert (story.topics, dict(story.possible)) == (("military", "sanctions"), {})


def test_rules_on_trial_are_not_shown() -> None:
    story = of(by("CNBC", hits=(hit(), hit("alibaba", "memo", trial=True, modality=Modality.POSSIBLE))))
    assert (story.rules, story.topics, dict(story.possible)) == (("alibaba-military",), ("military",), {})


def test_level_and_score_are_the_storys() -> None:
    story = of(by("CNBC"), level=Level.HIGH, score=71)
    assert (story.story, story.level, story.score) == ("s1", Level.HIGH, 71)


# ── the headline and the sentence ────────────────────────────────────────────────────────────────────────────────


def test_the_headline_that_names_company_and_topic_is_the_best() -> None:
    only_company = hit(spans=(span("Alibaba"),))
    story = of(by("Financial Times", "Alibaba falls", hits=(only_company,)), by("CNBC"))
    assert (story.headline, story.headline_outlet) == (TITLE, "CNBC")


def test_of_equal_headlines_the_better_outlets_is_the_best_and_then_the_first() -> None:
    assert of(by(None), by("CNBC"), by("Financial Times")).headline_outlet == "Financial Times"
    assert of(by("CNBC", url="https://cnbc.com/1"), by("CNBC")).headline_url == "https://cnbc.com/1"


def test_an_article_without_a_hit_never_gives_the_headline() -> None:
    assert of(by("Financial Times", "Shares fall", hits=()), by(None)).headline == TITLE


def test_a_hit_that_counts_gives_the_headline_before_one_that_does_not() -> None:
    aside = hit("alibaba", "sanctions", modality=Modality.POSSIBLE, prominent=False)
    assert of(by("Financial Times", "Alibaba, perhaps", hits=(aside,)), by(None)).headline == TITLE


def test_the_sentence_of_the_body_is_shown_with_the_matched_words_marked() -> None:
    text = "Shares fell. A memo says Alibaba helps the military. More tomorrow."
    sentence = "A memo says Alibaba helps the military."
    met = hit(
        spans=(
            span("Alibaba", text, field="text"),
            span("military", text, field="text", topic="military"),
        ),
        sentence=sentence,
    )
    story = of(by("CNBC", text=text, hits=(met,)))
    assert story.sentence == sentence
    assert [story.sentence[start:end] for start, end in story.marks] == ["Alibaba", "military"]


def test_where_only_the_headline_fired_it_is_the_sentence() -> None:
    story = of(by("CNBC", text="Shares fell."))
    assert story.sentence == TITLE
    assert [TITLE[start:end] for start, end in story.marks] == ["Alibaba", "military"]


def test_a_sentence_of_the_body_that_says_the_same_as_the_headline_is_shown_instead() -> None:
    text = "Alibaba rose. A memo names Alibaba and the military. Alibaba and the military, once more."
    inside = text.index("Alibaba and")
    spans = (
        span("Alibaba"),
        span("military", topic="military"),
        Span("text", 0, 7, "Alibaba", "Alibaba"),
        Span("text", inside, inside + 7, "Alibaba", "Alibaba"),
        span("military", text, field="text", topic="military"),
    )
    story = of(by("CNBC", text=text, hits=(hit(spans=spans),)))
    assert story.sentence == "A memo names Alibaba and the military."


def test_marks_do_not_overlap() -> None:
    spans = (span("Chinese military", topic="military"), span("military", topic="military"), span("Alibaba"))
    story = of(by("CNBC", text="", hits=(hit(spans=spans),)))
    assert [TITLE[start:end] for start, end in story.marks] == ["Alibaba", "Chinese military"]


def test_a_story_whose_only_article_was_edited_out_of_every_rule_can_still_be_shown() -> None:
    story = of(by("CNBC", "A correction", hits=()))
    assert (story.headline, story.sentence, story.marks, story.companies) == ("A correction", "A correction", (), ())


# ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_article_is_a_source_with_a_link_where_there_is_one() -> None:
    story = of(
        by("CNBC", url="https://www.cnbc.com/1", published=NOW, origin="Financial Times"),
        by(None, url="https://www.ft.com/1"),
        by(None, url="https://blog.example/1"),
        by(None, links=("https://www.reuters.example/1",)),
        by("Daily Nobody"),
        by(None),
    )
    assert [(source.label, source.url) for source in story.sources] == [
        ("CNBC", "https://www.cnbc.com/1"),
        ("Financial Times", "https://www.ft.com/1"),
        ("blog.example", "https://blog.example/1"),
        ("reuters.example", "https://www.reuters.example/1"),
        ("Daily Nobody", None),
        ("unknown outlet", None),
    ]
    assert (story.sources[0].origin, story.sources[0].published) == ("Financial Times", NOW)
    assert [source.outlet for source in story.sources[1:4]] == [None, None, None]


def test_a_repost_knows_whom_it_repeats_and_never_itself() -> None:
    story = of(by("Blog", credits=("Blog", "CNBC")), by("CNBC", credits=("CNBC",)), by("CNBC"))
    assert [source.repost_of for source in story.sources] == ["CNBC", None, None]


def test_a_story_was_published_and_seen_when_the_first_version_of_any_article_was() -> None:
    edited = Member(
        by("CNBC", published=later(minutes=9), seen=later(minutes=10)), placement("s1"), later(minutes=5), NOW
    )
    second = Member(by("BBC", published=later(minutes=7), seen=later(minutes=8)), placement("s1"))
    story = summarise(Story("s1", (edited, second)), OUTLETS)
    assert (story.published, story.seen) == (NOW, later(minutes=5))
    undated = summarise(Story("s1", (Member(by("CNBC", seen=later(minutes=3)), placement("s1")),)), OUTLETS)
    assert (undated.published, undated.seen) == (None, later(minutes=3))
