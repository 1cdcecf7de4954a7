"""`riskbot rules list`: the companies, topics and rules in force, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from riskbot.cli.console import out, print_json
from riskbot.errors import InputError
from riskbot.judging import load
from riskbot.matching.rules import Company, Rule, Topic
from riskbot.settings import load_settings
from riskbot.usecases.listing import Chosen, choose, chosen_form

ONE = {"companies": "company", "topics": "topic", "rules": "rule"}
_TERMS = 8  # of a topic, shown in the overview


def list_rules(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[companies|topics|rules] [WORD]", help="What to list, and a word it goes by."),
    ] = None,
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show rules and topics; companies too, when they are asked for or a word is given."""
    kind, word = _asked(words or [])
    loaded = load(load_settings(), rules)
    chosen = choose(loaded.rule_set, word)
    if kind:
        chosen = Chosen(
            chosen.companies if kind == "companies" else (),
            chosen.topics if kind == "topics" else (),
            chosen.rules if kind == "rules" else (),
        )
    if word and not (chosen.companies or chosen.topics or chosen.rules):
        raise InputError(
            f"no {ONE.get(kind, 'company, topic or rule')} goes by {word!r}", "give less of the word, or no word"
        )
    if as_json:
        print_json(chosen_form(chosen, loaded.derived))
    else:
        _show(chosen, loaded.derived, whole=bool(kind or word), terms=None if kind or word else _TERMS)


def _asked(words: Sequence[str]) -> tuple[str, str]:
    """What is to be listed (empty: everything), and the word it shall go by."""
    if words and words[0] in ONE:
        return words[0], " ".join(words[1:])
    return "", " ".join(words)


def _show(chosen: Chosen, derived: Mapping[str, tuple[str, ...]], *, whole: bool, terms: int | None) -> None:
    if chosen.rules:
        out.print(_rules(chosen.rules))
    if chosen.topics:
        out.print(_topics(chosen.topics, terms))
    if chosen.companies and whole:
        out.print(_companies(chosen.companies, derived))
    counts = (
        _count(chosen.rules, "rule", "rules"),
        _count(chosen.topics, "topic", "topics"),
        _count(chosen.companies, "company", "companies"),
    )
    out.print(", ".join(count for count in counts if count))
    if chosen.companies and not whole:
        out.print(Text("The companies: riskbot rules list companies [WORD]", style="dim"), soft_wrap=True)


def _count(found: Sequence[object], one: str, many: str) -> str:
    return f"{len(found)} {one if len(found) == 1 else many}" if found else ""


def _table(id_column: str, *columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column(id_column, no_wrap=True, overflow="fold")  # an id is there to be copied
    for column in columns:
        table.add_column(column)
    return table


def _rules(rules: Iterable[Rule]) -> Table:
    table = _table("rule", "companies", "topics", "near", "about", "level", "status")
    for rule in rules:
        topics = " or ".join(rule.topics) + "".join(f" and {topic}" for topic in rule.and_topics)
        topics += "".join(f" not {topic}" for topic in rule.not_topics)
        near = f"{rule.near} words" if isinstance(rule.near, int) else rule.near
        cells = (rule.id, str(len(rule.companies)), topics, near, rule.about, str(rule.level), rule.status)
        table.add_row(*map(Text, cells))
    return table


def _topics(topics: Iterable[Topic], terms: int | None) -> Table:
    table = _table("topic", "weight", "terms")
    for topic in topics:
        shown = [term.written for term in topic.terms[:terms]]
        more = f", … ({len(topic.terms)})" if len(shown) < len(topic.terms) else ""
        table.add_row(Text(topic.id), str(topic.weight), Text(", ".join(shown) + more))
    return table


def _companies(companies: Iterable[Company], derived: Mapping[str, tuple[str, ...]]) -> Table:
    table = _table("id", "name", "also", "tickers", "tags")
    for company in companies:
        short = derived.get(company.id, ())
        others = [term.written for term in company.aliases if term.written.removeprefix("=") != company.name]
        also = Text(", ").join(Text(name, style="italic dim" if name in short else "") for name in others)
        table.add_row(Text(company.id), Text(company.name), also, ", ".join(company.tickers), ", ".join(company.tags))
    return table
