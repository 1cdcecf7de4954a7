"""From an article to its hits: the vocabulary finds, the operators decide, salience and modality qualify.

What always holds: a hit depends on its own rule alone, never on the order of rules or on other rules (other than a
longer company name taking a span); its spans equal the text they point at; the cost of an article that names no
watched company is one pass over its text, however many rules there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType

from riskbot.matching.layout import Layout
from riskbot.matching.occurrences import Found, Vocabulary
from riskbot.matching.operators import Miss, Pair, pairs_for
from riskbot.matching.rules import Rule, RuleSet
from riskbot.matching.salience import Salience, salience
from riskbot.model import Article, Hit, Modality, Span


class Matcher:
    """A compiled rule set. Build once, use for every article.

    It keeps nothing from one article to the next but this: a rule that failed is switched off, here and for good, so
    that the others go on; `switched_off` says which and why (rule id → the failure in words).
    """

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self._vocabulary = Vocabulary(rules)
        self._names = {company.id: company.name for company in rules.companies}
        self._of_all: tuple[Rule, ...] = ()  # the rules of every company, kept once
        self._of_some: dict[str, tuple[Rule, ...]] = {}  # company id → the rules of it and others
        self._switched_off: dict[str, str] = {}
        by_company: dict[str, list[int]] = defaultdict(list)
        active = [rule for rule in rules.rules if rule.status != "off"]
        for number, rule in enumerate(active):
            if len(rule.companies) == len(self._names) > 0:
                self._of_all = (*self._of_all, rule)
            else:
                for company in rule.companies:
                    by_company[company].append(number)
        shared: dict[tuple[int, ...], tuple[Rule, ...]] = {}  # most companies stand under the same few rules
        for company, numbers in by_company.items():
            same = tuple(numbers)
            if same not in shared:
                shared[same] = tuple(active[number] for number in same)
            self._of_some[company] = shared[same]

    @property
    def switched_off(self) -> Mapping[str, str]:
        """The rules that failed at run time and are asked no more: rule id → why."""
        return MappingProxyType(self._switched_off)

    def match(self, article: Article) -> tuple[Hit, ...]:
        """Every hit of the article, ordered by rule and company id."""
        layout = Layout(article)
        sight = self._vocabulary.see(layout)
        topics = set(sight.topics)
        if not topics or not any(
            self._may_hit(rule, topics) for company in sight.companies for rule in self._rules_of(company)
        ):
            return ()
        found = sight.found()
        hits = []
        for company in found.companies:
            about: Salience | None = None
            for rule in self._rules_of(company):
                if not self._may_hit(rule, topics):
                    continue
                pairs = self._pairs(rule, company, found, layout)
                if isinstance(pairs, Miss):
                    continue
                about = about or salience(company, found, layout)
                if rule.about == "subject" and not about.subject:
                    continue
                try:
                    hits.append(self._hit(rule, company, pairs, about, layout))
                except Exception as error:  # noqa: BLE001  # as in `_pairs`
                    self._switch_off(rule, error)
        return tuple(sorted(hits, key=lambda hit: (hit.rule, hit.company)))

    def misses(self, article: Article) -> list[tuple[Rule, str, Miss]]:
        """For each rule of a named company that is not met: (rule, company name, what it missed), nearest first."""
        layout = Layout(article)
        found = self._vocabulary.find(layout)
        result = []
        for company in found.companies:
            for rule in self._rules_of(company):
                pairs = self._pairs(rule, company, found, layout)
                if isinstance(pairs, Miss):
                    result.append((rule, self._names[company], pairs))
                    continue
                about = salience(company, found, layout)
                if rule.about == "subject" and not about.subject:
                    why = f"the article is not about the company ({about.why}; {about.score} of 100, 50 needed)"
                    result.append((rule, self._names[company], Miss(4, why)))
        return sorted(result, key=lambda row: (-row[2].step, row[0].id, row[1]))

    def _rules_of(self, company: str) -> tuple[Rule, ...]:
        some = self._of_some.get(company)
        return self._of_all + some if some else self._of_all

    def _pairs(self, rule: Rule, company: str, found: Found, layout: Layout) -> dict[str, list[Pair]] | Miss:
        """The evidence of a rule or what it missed; a rule that fails misses, and is asked no more."""
        if rule.id in self._switched_off:
            return Miss(0, f"the rule is switched off: {self._switched_off[rule.id]}")
        try:
            return pairs_for(rule, company, found, layout)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is this rule's, and the others go on
            return Miss(0, f"the rule is switched off: {self._switch_off(rule, error)}")

    def _may_hit(self, rule: Rule, topics: set[str]) -> bool:
        """Whether the topics seen in an article are enough for a rule, before anything is asked of their places."""
        if rule.id in self._switched_off:
            return False
        try:
            return not topics.isdisjoint(rule.topics or rule.and_topics) and topics.issuperset(rule.and_topics)
        except Exception as error:  # noqa: BLE001  # as in `_pairs`
            self._switch_off(rule, error)
            return False

    def _switch_off(self, rule: Rule, error: Exception) -> str:
        why = f"it failed with {type(error).__name__}: {error}"
        self._switched_off[rule.id] = why
        return why

    def _hit(self, rule: Rule, company: str, pairs: dict[str, list[Pair]], about: Salience, layout: Layout) -> Hit:
        every = [pair for of_topic in pairs.values() for pair in of_topic]
        best = min(every, key=lambda pair: pair.order)
        spans = {pair.company.span(layout) for pair in every} | {pair.term.span(layout, pair.topic) for pair in every}
        modality = Modality.ACTUAL if any(p.modality is Modality.ACTUAL for p in every) else Modality.POSSIBLE
        return Hit(
            rule=rule.id,
            company=company,
            company_name=self._names[company],
            topics=tuple(pairs),
            modality=modality,
            level=rule.level,
            score=_score(best, about, len(pairs)),
            spans=tuple(sorted(spans, key=_in_place)),
            sentence=layout.sentence_text(layout.sentence(best.term.field, best.term.start)),
            salient=about.subject,
            prominent=any(pair.prominent for pair in every if pair.modality is modality),
            channel=rule.channel,
            trial=rule.status == "trial",
            rules_hash=self.rules.hash,
        )


def _score(best: Pair, about: Salience, topics: int) -> int:
    """0-100: where the best evidence stands, how much the article is about the company, fact or possibility."""
    in_title = not best.company.in_text and not best.term.in_text
    place = 45 if in_title else 30 if best.prominent else 15
    nearness = 15 if best.distance <= 60 else 8 if best.distance <= 200 else 0
    score = place + nearness + round(about.score * 0.3) + min(10, 5 * (topics - 1))
    return min(100, score if best.modality is Modality.ACTUAL else round(score * 0.6))


def _in_place(span: Span) -> tuple[bool, int, int, str, str]:
    """Spans in order of place; those of one place by topic and term, so that two runs show the same."""
    return span.field == "text", span.start, span.end, span.topic or "", span.term
