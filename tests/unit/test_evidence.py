"""What a story rests on: origins, who retells whom, confirmations."""

from __future__ import annotations

from typing import Any

import pytest

from riskbot.model import Member, Outlet, Standing
from riskbot.stories.evidence import Evidence, Retelling, evidence
from riskbot.stories.outlets import Outlets
from tests.builders import article, claim, later, placement, reading

OUTLETS = Outlets(
    [
        Outlet("Financial Times", ("=FT",), ("ft.com",), tier=1, family="Nikkei"),
        Outlet("Nikkei Asia", family="Nikkei"),
        Outlet("CNBC", domains=("cnbc.com",)),
        Outlet("Reuters", kind="wire"),
        Outlet("Yahoo News", kind="aggregator"),
        Outlet("MEXC News", kind="repost"),
        Outlet("US Department of Justice", domains=("justice.gov",), kind="government"),
    ]
)
BODY = (
    "Alibaba helps the military, a memo says; it names servers, dates, two subsidiaries and the officers who met them."
)


def by(outlet: str | None, text: str = "", **fields: Any) -> Member:
    own = {key: fields.pop(key) for key in ("url", "published") if key in fields}
    title = fields.pop("title", f"Alibaba, by {outlet} {text[:9]}")
    return Member(reading(article(title, text, outlet=outlet, **own), **fields), placement("s1"))


def of(*members: Member) -> Evidence:
    return evidence(members, OUTLETS)


# ── origins ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_five_articles_that_retell_one_report_have_one_origin() -> None:
    story = of(*(by(name, origin="Financial Times") for name in ("CNBC", "Yahoo News", None, "Blog", "Reuters")))
    assert (story.origins, story.origins_read) == (("Financial Times",), ())
    assert [retold.of for retold in story.retells] == 5 * ["Financial Times"]


def test_a_known_outlet_that_credits_nobody_is_an_origin_that_was_read() -> None:
    story = of(by("CNBC", origin="Financial Times"), by("FT"))
    assert story.origins == story.origins_read == ("Financial Times",)


def test_an_article_at_an_outlets_own_address_is_its_own() -> None:
    assert of(by(None, url="https://www.ft.com/1")).origins_read == ("Financial Times",)
    assert of(by("A feed of mine", url="https://www.ft.com/1")).origins_read == ("Financial Times",)


def test_aggregators_reposts_and_unknown_outlets_add_no_origin() -> None:
    assert of(by("Yahoo News"), by("MEXC News"), by("The Daily Nobody"), by(None)).origins == ()


def test_one_publisher_family_counts_once() -> None:
    assert of(by("Financial Times", "One."), by("Nikkei Asia", "Two.")).origins == ("Financial Times",)
    assert of(by("CNBC", "One."), by("Reuters", "Two.")).origins == ("CNBC", "Reuters")


def test_what_a_governments_own_site_says_is_an_origin_whoever_it_speaks_of() -> None:
    told = by(None, url="https://www.justice.gov/opa/pr/1", origin="Reuters")
    assert of(told).origins == of(told).origins_read == ("US Department of Justice",)
    assert of(told).retells == ()


def test_the_same_words_again_are_a_repost_of_the_earliest() -> None:
    first = by("CNBC", BODY, published=later(hours=0))
    again = by("Blog", BODY, published=later(hours=2))
    story = of(again, first)
    assert story.origins == ("CNBC",)
    assert story.retells == (Retelling(again.reading.article.id, "Blog", "CNBC", "repeats"),)


def test_a_copy_that_names_its_source_is_no_original_however_early_it_is() -> None:
    early = by("Blog", BODY, published=later(hours=0), credits=("CNBC",))
    story = of(early, by("CNBC", BODY, published=later(hours=3)))
    assert [(retold.outlet, retold.of, retold.how) for retold in story.retells] == [("Blog", "CNBC", "carries")]
    assert story.origins == ("CNBC",)


def test_a_copy_of_a_retelling_has_the_same_origin() -> None:
    first = by("CNBC", BODY, origin="Financial Times", published=later(hours=0))
    story = of(first, by("Blog", BODY, published=later(hours=1)))
    assert story.origins == ("Financial Times",)
    assert [retold.of for retold in story.retells] == ["Financial Times", "Financial Times"]


def test_a_copy_of_an_unknown_page_names_the_article_it_repeats() -> None:
    first = by(None, BODY, published=later(hours=0))
    story = of(first, by(None, BODY, published=later(hours=1), title="Again"))
    assert [retold.of for retold in story.retells] == [first.reading.article.id]
    assert story.origins == ()


def test_a_thousand_copies_are_one_origin() -> None:
    copies = (by(f"Blog {n}", BODY, published=later(minutes=n)) for n in range(1, 1000))
    story = of(by("Reuters", BODY, published=later()), *copies)
    assert (story.origins, len(story.retells)) == (("Reuters",), 999)


# ── confirmations ────────────────────────────────────────────────────────────────────────────────────────────────


def confirmed(speaker: str | None, **fields: Any) -> dict[str, Any]:
    fields.setdefault("bearing", "entitled")
    return {"claims": (claim(Standing.CONFIRMED, speaker, **fields),)}


def test_a_confirmation_is_somebody_entitled_saying_so_and_each_counts_once() -> None:
    story = of(by("CNBC", **confirmed("Pentagon")), by("Reuters", **confirmed("PENTAGON")))
    assert story.confirmations == 1
    assert of(by("CNBC", **confirmed("Pentagon")), by("Reuters", **confirmed("Treasury"))).confirmations == 2


def test_an_act_of_an_authority_confirms_too() -> None:
    story = of(by("CNBC", claims=(claim(Standing.OFFICIAL, "Treasury", bearing="entitled"),)))
    assert (story.confirmations, story.official) == (1, 1)


@pytest.mark.parametrize(
    ("speakers", "number"),
    [
        (("Treasury", "U.S. Treasury", "U.S."), 1),
        (("Treasury Department", "US Treasury Department", "Department of the Treasury", "the Treasury"), 1),
        (("Treasury", "United States"), 1),
        (("Defense Department", "US Department of Defence"), 1),
        (("Pentagon", "US Department of Defense", "Defense Department"), 1),
        (("DOJ", "Justice Department", "U.S. Department of Justice"), 1),
        (("SEC", "Securities and Exchange Commission", "US"), 1),
        (("OFAC", "Office of Foreign Assets Control"), 1),
        (("MOFCOM", "Chinese Ministry of Commerce", "Commerce Department"), 2),
        (("UK Ministry of Defence", "Pentagon"), 2),
        (("U.S. officials", "US government", "Washington"), 1),
        (("Kremlin", "Moscow"), 1),
        (("UK Treasury", "U.S. Treasury"), 2),
        (("UK Treasury", "U.S. Treasury", "Treasury"), 2),
        (("Chinese foreign ministry", "Foreign Ministry", "Russian foreign ministry"), 2),
        (("Treasury", "Commerce Department", "U.S."), 2),
        (("US", "EU"), 2),
        (("Treasury", "U.S.", "UK"), 3),
    ],
)
def test_an_authority_counts_once_with_and_without_its_state(speakers: tuple[str, ...], number: int) -> None:
    story = of(
        *(
            by("CNBC", f"Report {n}.", claims=(claim(Standing.OFFICIAL, name, bearing="entitled"),))
            for n, name in enumerate(speakers)
        )
    )
    assert (story.official, story.confirmations) == (number, number)


@pytest.mark.parametrize("firm", ["China Mobile", "Bank of China", "Air China", "Huawei"])
def test_a_firm_is_no_authority_of_the_state_it_is_named_after(firm: str) -> None:
    assert of(by("CNBC", **confirmed(firm)), by("Reuters", **confirmed("China"))).confirmations == 2


def test_who_is_not_entitled_nobody_named_and_what_concerns_others_confirm_nothing() -> None:
    assert of(by("CNBC", **confirmed("Reuters", bearing="told"))).confirmations == 0
    assert of(by("CNBC", **confirmed(None))).confirmations == 0
    assert of(by("CNBC", claims=(claim(Standing.OFFICIAL, "U.S.", bearing="aside"),))) == Evidence(("CNBC",), ("CNBC",))


def test_acts_of_nobody_named_count_as_one() -> None:
    acts = tuple(claim(Standing.OFFICIAL, None, sentence=text) for text in ("One.", "Two."))
    assert (of(by("CNBC", claims=acts)).official, of(by("CNBC", claims=acts)).confirmations) == (1, 0)


def test_what_only_an_unknown_outlet_tells_is_not_counted() -> None:
    assert of(by("The Daily Nobody", **confirmed("Pentagon"))).confirmations == 0
    assert of(by("The Daily Nobody", origin="Reuters", **confirmed("Pentagon"))).confirmations == 1


def test_a_story_without_articles_rests_on_nothing() -> None:
    assert of() == Evidence()
