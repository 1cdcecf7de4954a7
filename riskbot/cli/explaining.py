"""`riskbot rules explain`: why an article fires a rule, or how near it comes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from riskbot.articlefiles.folder import read
from riskbot.articlefiles.plain import article as plain_article
from riskbot.cli.console import out, print_json
from riskbot.cli.scanning import opened
from riskbot.cli.storyview import LEVEL_STYLES
from riskbot.errors import ArticleFileError, InputError
from riskbot.judging import load
from riskbot.matching.rules import Rule
from riskbot.model import Article, Hit, Modality
from riskbot.settings import load_settings
from riskbot.usecases.explain import Explanation, Verdict, explain, explanation_form, quotes
from riskbot.usecases.lines import Line, Source, chunks, parse

LINES = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz")
_PASTED = 5_000_000  # bytes of an article on standard input


def explain_article(
    article: Annotated[
        str, typer.Argument(help="Markdown or plain text as replay takes it, JSON lines as scan takes them, or -.")
    ],
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
    rule: Annotated[str | None, typer.Option("--rule", metavar="ID", help="Only this rule.")] = None,
    company: Annotated[str | None, typer.Option("--company", metavar="NAME", help="Only this company.")] = None,
    id_: Annotated[str | None, typer.Option("--id", metavar="ID", help="Which line's article.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say of every rule of the companies that an article names why it fires, or what it misses."""
    rule_set = load(load_settings(), rules).rule_set
    explained = explain(_article(article, id_), rule_set, rule=rule, company=company)
    if as_json:
        print_json(explanation_form(explained))
    else:
        _show(explained)


# ── the article ──────────────────────────────────────────────────────────────────────────────────────────────────


def _article(name: str, id_: str | None) -> Article:
    if name == "-":
        return _from_input(id_)
    if name.lower().endswith(LINES):
        with opened(name) as source:
            return _from_lines(source, name, id_)
    if id_ is not None:
        raise InputError("`--id` chooses a line, and this is no file of lines", "leave it out, or name a .jsonl file")
    found = read(Path(name))
    if len(found) != 1:
        raise ArticleFileError(f"{name} holds {len(found)} articles", "name one of its files")
    return found[0]


def _from_input(id_: str | None) -> Article:
    """JSON lines where the first character says so, else an article as it is pasted."""
    with opened("-") as source:
        first = source.read(_PASTED) or b""
        while first and not first.strip() and (more := source.read(_PASTED)):
            first += more
        rest = _After(first, source)
        if first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return _from_lines(rest, "standard input", id_)
        data = b"".join(iter(lambda: rest.read(_PASTED) or b"", b""))
    if id_ is not None:
        raise InputError("`--id` chooses a line, and standard input holds no JSON lines", "leave it out")
    if len(data) > _PASTED:
        raise ArticleFileError(f"standard input is larger than {_PASTED // 1_000_000} MB", "give one article")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ArticleFileError("standard input is not UTF-8", "save the article as UTF-8") from None
    return plain_article(text, "standard input")


class _After:
    """What was read already, then the rest."""

    def __init__(self, first: bytes, rest: Source) -> None:
        self._first = first
        self._rest = rest

    def read(self, size: int, /) -> bytes | None:
        """At most so many bytes."""
        if self._first:
            given, self._first = self._first[:size], self._first[size:]
            return given
        return self._rest.read(size)


def _from_lines(source: Source, name: str, id_: str | None) -> Article:
    lines = _lines(source)
    if id_ is not None:
        for line in lines:
            if line.article.id == id_:
                return line.article
        raise ArticleFileError(f"{name} holds no article with the id {id_!r}", "see that the id is written as there")
    only = next(lines, None)
    if only is None:
        raise ArticleFileError(f"{name} holds no article", "write one as a JSON line, as `riskbot scan` takes it")
    if next(lines, None):
        example = json.dumps(only.article.id, ensure_ascii=False)
        raise ArticleFileError(f"{name} holds several articles", f"choose one, for example with --id {example}")
    return only.article


def _lines(source: Source) -> Iterator[Line]:
    for chunk in chunks(source):
        for number, given in enumerate(chunk.lines, chunk.first):
            line = parse(given, number)
            if line:
                yield line


# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────


def _show(explained: Explanation) -> None:
    article = explained.article
    out.print(Text(article.title or article.id, style="bold"), soft_wrap=True)
    if not explained.named:
        out.print("No watched company is named.")
    for verdict in explained.verdicts:
        if verdict.hit:
            out.print(_fired(article, verdict.rule, verdict.hit), soft_wrap=True)
    for (rule, miss), companies in _misses(explained.verdicts).items():
        text = Text("\n").append_text(_head(rule, ", ".join(companies), "○", "yellow")).append("does not fire")
        out.print(text.append(f"\n  {miss}", style="yellow"), soft_wrap=True)
    spoken_of = {verdict.company.id for verdict in explained.verdicts}
    silent = [company.name for company in explained.named if company.id not in spoken_of]
    if silent:
        out.print(Text(f"\nNamed, but watched by none of these rules: {', '.join(silent)}"), soft_wrap=True)
    for company, why in explained.masked:
        out.print(Text.assemble("\n", (company.name, "yellow"), f" is named, but {why}"), soft_wrap=True)


def _misses(verdicts: Iterable[Verdict]) -> dict[tuple[Rule, str], list[str]]:
    """Companies that miss one rule for one reason, together."""
    misses: dict[tuple[Rule, str], list[str]] = {}
    for verdict in verdicts:
        if not verdict.hit:
            misses.setdefault((verdict.rule, verdict.miss), []).append(verdict.company.name)
    return misses


def _head(rule: Rule, companies: str, mark: str, style: str) -> Text:
    status = "" if rule.status == "live" else f" (status: {rule.status})"
    return Text.assemble((mark, style), " ", (rule.id, "bold"), status, f" · {companies} · ")


def _fired(article: Article, rule: Rule, hit: Hit) -> Text:
    text = Text("\n").append_text(_head(rule, hit.company_name, "●", "bold green"))
    text.append("fires", style="bold green").append("\n  ")
    text.append(f"level {hit.level}", style=LEVEL_STYLES[hit.level]).append(f" · score {hit.score} of 100 · ")
    text.append("a fact" if hit.modality is Modality.ACTUAL else "only a possibility")
    text.append(" in title or lead" if hit.prominent else " in the body")
    text.append(f" · the article {'is about' if hit.salient else 'merely mentions'} {hit.company_name}")
    for quote in quotes(article, hit):
        line = Text("\n  ") + Text("title: " if quote.field == "title" else "“", style="dim")
        start = len(line)
        line.append(quote.text)
        for one, two in quote.marks:
            line.stylize("bold reverse" if out.no_color else "bold red", start + one, start + two)
        text.append(line).append("" if quote.field == "title" else "”", style="dim")
    matched = dict.fromkeys(f"`{span.term}` ({span.topic or 'company'})" for span in hit.spans)
    return text.append(f"\n  terms: {', '.join(matched)}", style="dim")
