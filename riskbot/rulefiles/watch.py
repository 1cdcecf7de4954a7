"""Topics and rules from all files, with every reference resolved.

What always holds: a topic and a rule stand once over all files; a reference to nothing is told at its place with the
nearest name; a rule that is left with a mistake is left out, the others are still judged.
"""

from __future__ import annotations

from collections.abc import Sequence

from riskbot.matching.rules import Example, Rule, Topic
from riskbot.model import Level
from riskbot.rulefiles.companies import terms_at
from riskbot.rulefiles.directory import Directory, Miss
from riskbot.rulefiles.names import name_key, slug
from riskbot.rulefiles.schema import RuleEntry, TestEntry, keys_at
from riskbot.rulefiles.source import RuleSource, child
from riskbot.rulefiles.suggest import MOST_GUESSES, did_you_mean, listing
from riskbot.yamlfile import Fields, Value, shorten


def gather_topics(sources: Sequence[RuleSource]) -> tuple[Topic, ...]:
    """Every topic, in the order of their ids."""
    found: dict[str, Topic] = {}
    places: dict[str, str] = {}
    for source in sources:
        for entry, node in source.entries("topics"):
            terms = terms_at(source, node, "terms", entry.terms)
            not_in = terms_at(source, node, "not_in", entry.not_in)
            key = name_key(entry.id)
            if key in places:
                message = f"the topic {entry.id!r} stands already in {places[key]}"
                source.tell(child(node, "id"), "duplicate-id", message, "put the terms into one of them")
                continue
            places[key] = f"{source.name}:{node.line}"
            found[key] = Topic(entry.id, terms, not_in, entry.weight)
    return tuple(sorted(found.values(), key=lambda topic: topic.id))


def gather_rules(sources: Sequence[RuleSource], topics: Sequence[Topic], directory: Directory) -> tuple[Rule, ...]:
    """Every rule, in the order of their ids."""
    whole = all(source.whole for source in sources)
    ids = {name_key(topic.id): topic.id for topic in topics}
    found: dict[str, Rule] = {}
    for source in sources:
        for entry, node in source.entries("rules"):
            rule = _rule(source, entry, node, ids, directory, whole)
            if not slug(entry.title) and not entry.id:
                message = f"no id can be made from the title {shorten(entry.title)!r}"
                source.tell(child(node, "title"), "bad-id", message, "give an `id`")
            elif rule.id in found:
                first = found[rule.id]
                message = f"the rule {shorten(rule.id)!r} stands already in {first.file}:{first.line}"
                at = child(node, "id" if entry.id else "title")
                source.tell(at, "duplicate-id", message, "give one of them another title or its own `id`")
            else:
                found[rule.id] = rule
    return tuple(rule for _, rule in sorted(found.items()))


def _rule(
    source: RuleSource, entry: RuleEntry, node: Value, ids: dict[str, str], directory: Directory, whole: bool
) -> Rule:
    for key, words in (("companies", entry.companies), ("except", entry.except_)):
        for position, word in enumerate(words):
            miss = directory.find(word)
            if isinstance(miss, Miss) and (whole or miss.mend.startswith("did you mean")):
                source.tell(child(node, key, position), miss.code, miss.message, miss.mend)
    companies = directory.select(entry.companies, entry.except_)
    if not companies and whole:
        message, mend = "no company is left to watch", "take something out of `except`"
        missed = any(isinstance(directory.find(word), Miss) for word in entry.companies)
        if not missed:
            source.tell(child(node, "companies"), "never-fires", message, mend, "warning")
    topics, and_topics, not_topics = (
        _topics(source, node, key, words, ids, whole)
        for key, words in (
            ("topics", entry.topics),
            ("and_topics", entry.and_topics),
            ("not_topics", entry.not_topics),
        )
    )
    # A misspelt key was told of already, and is likely the one that is missing.
    misspelt = isinstance(node, Fields) and not set(node.items) <= set(keys_at(("rules",)))
    if not entry.topics and not entry.and_topics and not misspelt:
        source.tell(node, "missing-key", "`topics` is missing", "add `topics: […]`", key=True)
    both = set(not_topics) & {*and_topics} or (set(not_topics) if set(topics) <= set(not_topics) else set())
    if both and topics + and_topics:
        message = f"{listing(sorted(both))} is wanted and forbidden at once, so the rule never fires"
        source.tell(child(node, "not_topics"), "never-fires", message, "take it out of `not_topics`", "warning")
    return Rule(
        id=entry.id or slug(entry.title),
        title=entry.title,
        companies=companies,
        topics=topics,
        and_topics=and_topics,
        not_topics=not_topics,
        near=entry.near,
        about=entry.about,
        level=Level(entry.level),
        channel=entry.channel,
        status=entry.status,
        owner=entry.owner,
        notes=entry.notes,
        tags=tuple(dict.fromkeys(entry.tags)),
        digest=entry.digest,
        mention=entry.mention,
        examples=_examples(source, entry.tests, child(node, "tests")),
        file=source.name,
        line=node.line,
    )


def _topics(
    source: RuleSource, node: Value, key: str, words: Sequence[str], ids: dict[str, str], whole: bool
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for position, word in enumerate(words):
        id_ = ids.get(name_key(word))
        if id_:
            found[id_] = None
            continue
        near = did_you_mean(word, ids.values()) if len(source.problems) < MOST_GUESSES else ""
        if whole or near:
            mend = near or f"the topics are {listing(ids.values()) or 'none yet'}"
            source.tell(child(node, key, position), "unknown-topic", f"unknown topic {shorten(word)!r}", mend)
    return tuple(found)


def _examples(source: RuleSource, tests: Sequence[TestEntry], node: Value) -> tuple[Example, ...]:
    found: list[Example] = []
    for position, test in enumerate(tests):
        at = child(node, position)
        if (test.fires is None) == (test.quiet is None):
            source.tell(at, "bad-test", "a test says either `fires` or `quiet`", "write one of them", key=True)
            continue
        text = test.fires or test.quiet
        if text is None or (text.title is None and text.text is None):
            source.tell(at, "bad-test", "the test has no text", "write `title` or `text`", key=True)
            continue
        found.append(Example(test.fires is not None, text.title or "", text.text or "", at.line))
    return tuple(found)
