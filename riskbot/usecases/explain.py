"""Why an article fires a rule, or how near it comes: rule by rule of the companies it names.

What always holds: what is said is what the matcher decided, and nothing is decided here; a company that is named but
does not count is told with the reason. Deliberately absent: rules of companies that the article does not name, for
each of them would say only that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from riskbot.errors import InputError
from riskbot.matching.match import Matcher
from riskbot.matching.rules import Company, Rule, RuleSet, Term, Topic
from riskbot.model import Article, Field, Hit
from riskbot.text.sentences import sentences
from riskbot.usecases.forms import Form, hit_form

_NAMED = "(named)"  # an id that no rule file can give: the rule that every named company misses


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of one company that the article names."""

    rule: Rule
    company: Company
    hit: Hit | None  # it fired
    miss: str  # else what it missed, in words


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the rules say of an article."""

    article: Article
    verdicts: tuple[Verdict, ...]  # those that fired first, then the nearest miss first
    named: tuple[Company, ...]  # companies whose names count
    masked: tuple[tuple[Company, str], ...]  # companies whose names stand there but do not count, and why not


@dataclass(frozen=True, slots=True)
class Quote:
    """A piece of the article with the words that matched."""

    field: Field
    text: str
    marks: tuple[tuple[int, int], ...]  # in it, in order


def explain(article: Article, rules: RuleSet, *, rule: str | None = None, company: str | None = None) -> Explanation:
    """What each rule says of the article; of one rule or company where they are given.

    Raises InputError when there is no such rule or company.
    """
    own = {each.id: each for each in rules.rules}
    only_rule = _rule(rules, rule) if rule is not None else None
    only = _companies(rules, company) if company is not None else rules.companies
    if only_rule:
        rules = replace(rules, rules=(replace(only_rule, status="live") if only_rule.status == "off" else only_rule,))
    matcher = Matcher(_with_everyone(rules))
    wanted = {each.id: each for each in only}
    by_name = {each.name: each for each in only}
    verdicts = [
        Verdict(own[hit.rule], wanted[hit.company], hit, "")
        for hit in sorted(matcher.match(article), key=lambda hit: -hit.score)
        if hit.company in wanted
    ]
    missed = [(of, by_name[name], miss.why) for of, name, miss in matcher.misses(article) if name in by_name]
    verdicts += [Verdict(own[of.id], named, None, why) for of, named, why in missed if of.id != _NAMED]
    counted = tuple(named for of, named, _ in missed if of.id == _NAMED)
    return Explanation(article, tuple(verdicts), counted, _masked(article, rules, only, counted))


def quotes(article: Article, hit: Hit, most: int = 4) -> list[Quote]:
    """The evidence of a hit, sentence by sentence, the title first."""
    found = []
    units: list[tuple[Field, int, int]] = [("title", 0, len(article.title))]
    units += [("text", start, end) for start, end in sentences(article.text)]
    for field, start, end in units:
        source = article.title if field == "title" else article.text
        inside = sorted({(s.start, s.end) for s in hit.spans if s.field == field and start <= s.start < end})
        marks = [(max(one, start) - start, min(two, end) - start) for one, two in inside]
        if marks:
            found.append(Quote(field, source[start:end], tuple(marks)))
    return found[:most]


def explanation_form(explained: Explanation) -> Form:
    """The explanation as one JSON document."""
    return {
        "id": explained.article.id,
        "title": explained.article.title,
        "named": [{"company": company.id, "company_name": company.name} for company in explained.named],
        "masked": [
            {"company": company.id, "company_name": company.name, "why": why} for company, why in explained.masked
        ],
        "rules": [
            {
                "rule": verdict.rule.id,
                "title": verdict.rule.title,
                "status": verdict.rule.status,
                "company": verdict.company.id,
                "company_name": verdict.company.name,
                "fired": verdict.hit is not None,
                "hit": verdict.hit
                and hit_form(verdict.hit)
                | {
                    "sentence": verdict.hit.sentence,
                    "salient": verdict.hit.salient,
                    "prominent": verdict.hit.prominent,
                },
                "miss": verdict.miss or None,
            }
            for verdict in explained.verdicts
        ],
    }


def _rule(rules: RuleSet, id_: str) -> Rule:
    for rule in rules.rules:
        if id_.casefold() in (rule.id.casefold(), rule.title.casefold()):
            return rule
    raise _unknown("rule", id_, [rule.id for rule in rules.rules], "riskbot rules list rules")


def _companies(rules: RuleSet, name: str) -> tuple[Company, ...]:
    """Every company that goes by a name: its id, a name, an alias or a ticker."""
    wanted = " ".join(name.casefold().split())
    found = tuple(each for each in rules.companies if wanted in {known.casefold() for known in names(each)})
    if not found:
        known = [known for each in rules.companies for known in (each.id, each.name)]
        raise _unknown("company", name, known, "riskbot rules list companies")
    return found


def names(company: Company) -> list[str]:
    """Everything a company goes by."""
    return [company.id, company.name, *(term.text for term in company.aliases), *company.tickers]


def _unknown(what: str, name: str, known: Sequence[str], command: str) -> InputError:
    by_fold = {each.casefold(): each for each in known}
    near = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return InputError(
        f"there is no {what} {name!r}", f"did you mean {by_fold[near[0]]!r}?" if near else f"`{command}` shows them all"
    )


def _with_everyone(rules: RuleSet) -> RuleSet:
    """With a rule that watches every company and asks for a topic of no terms: whoever is named misses it."""
    everyone = frozenset(company.id for company in rules.companies)
    rule = Rule(_NAMED, _NAMED, everyone, topics=(_NAMED,), about="mention")
    return replace(rules, rules=(*rules.rules, rule), topics=(*rules.topics, Topic(_NAMED, ())))


def _masked(
    article: Article, rules: RuleSet, only: Sequence[Company], counted: Sequence[Company]
) -> tuple[tuple[Company, str], ...]:
    """Companies whose names stand in the article and do not count."""
    taken = {company.id for company in counted}
    cautious = [each for each in only if each.id not in taken and (each.not_in or each.only_with)]
    bare = _named(article, [replace(each, not_in=(), only_with=()) for each in cautious])
    found = []
    for company in (each for each in cautious if each.id in bare):
        if _named(article, [replace(company, only_with=())]):
            why = f"counts only where one of these stands too: {_listed(company.only_with)}"
        elif _named(article, [replace(company, not_in=())]):
            why = f"stands only within what it is not: {_listed(company.not_in)}"
        else:
            why = "stands within what it is not, and without what it needs beside it"
        found.append((company, why))
    return tuple(found)


def _named(article: Article, companies: Sequence[Company]) -> set[str]:
    if not companies:
        return set()
    matcher = Matcher(_with_everyone(RuleSet(tuple(companies))))
    ids = {company.name: company.id for company in companies}
    return {ids[name] for _, name, _ in matcher.misses(article)}


def _listed(terms: Sequence[Term], most: int = 6) -> str:
    return ", ".join(term.written for term in terms[:most]) + (", …" if len(terms) > most else "")
