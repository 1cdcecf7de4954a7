"""Companies from all files and lists, put together: ids, additions, short forms.

What always holds: an id stands once over all files; a short form that another company already goes by is not derived,
and what is derived is listed. Deliberately absent: which rule watches which company (`watch`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from riskbot.errors import Problem
from riskbot.matching.rules import Company, Term
from riskbot.rulefiles.csvlist import read_csv
from riskbot.rulefiles.folder import list_file
from riskbot.rulefiles.names import name_key, short_form, slug
from riskbot.rulefiles.schema import CompanyEntry, ExtendEntry
from riskbot.rulefiles.source import RuleSource, child
from riskbot.rulefiles.suggest import MOST_GUESSES, did_you_mean
from riskbot.yamlfile import Value, shorten

_ID = re.compile(r"\w[\w.\-]{0,119}")
RESERVED = "everyone"
T = TypeVar("T")
_NAME_MEND = "write the name as people know it, with `exact: true` beside it if only that letter case counts"


@dataclass(slots=True)
class Draft:
    """A company while its parts are gathered."""

    id: str
    name: str
    own: Term  # the name as a term
    aliases: tuple[Term, ...]
    tickers: tuple[str, ...]
    not_in: tuple[Term, ...]
    only_with: tuple[Term, ...]
    tags: tuple[str, ...]
    file: str
    line: int


@dataclass(slots=True)
class Gathered:
    """All companies, and what was found on the way."""

    companies: list[Company]
    derived: dict[str, tuple[str, ...]]  # company id → short forms added to its names
    files: list[Path]  # the CSV lists read
    problems: list[Problem]  # in the CSV lists; those of rule files are kept with their source


def gather(sources: Sequence[RuleSource], folder: Path) -> Gathered:
    """Read the companies of every file and list, in order, with what `extend` adds to them."""
    drafts: dict[str, Draft] = {}
    out = Gathered([], {}, [], [])
    for source in sources:
        for entry, node in source.entries("companies"):
            _add_entry(drafts, source, entry, node)
        for name, node in source.entries("companies_from"):
            _add_list(drafts, source, name, node, folder, out)
    whole = all(source.whole for source in sources)
    for source in sources:
        for entry, node in source.entries("extend"):
            _extend(drafts, source, entry, node, whole)
    short = _short_forms(drafts.values())
    for id_, draft in sorted(drafts.items()):
        forms = (short[id_],) if id_ in short else ()
        out.companies.append(_company(draft, forms))
        if forms:
            out.derived[id_] = tuple(form.written for form in forms)
    return out


def terms_at(source: RuleSource, node: Value, key: str, words: Iterable[str]) -> tuple[Term, ...]:
    """The terms under a key of an entry; what cannot be a term is told at its place and left out."""
    found: dict[str, Term] = {}
    for position, word in enumerate(words):
        try:
            found.setdefault(word, Term.parse(word))
        except ValueError as error:
            tell_term(source, child(node, key, position), error)
    return tuple(found.values())


def tell_term(source: RuleSource, at: Value, error: ValueError) -> None:
    """A text that cannot be a term, as a problem at its place."""
    source.tell(at, "bad-term", str(error), "write a phrase, `word*` for all its endings, or `=Exact` for exact case")
    source.whole = False


def _add_entry(drafts: dict[str, Draft], source: RuleSource, entry: CompanyEntry, node: Value) -> None:
    id_ = entry.id or slug(entry.name)
    at = child(node, "id" if entry.id else "name")
    try:
        own = _own_name(entry.name, exact=entry.exact)
    except ValueError as error:
        source.tell(at, "bad-name", str(error), _NAME_MEND)
        source.whole = False
        return
    fault = _fault_of(id_, entry.name, drafts)
    if fault:
        source.tell(at, *fault)
        return
    drafts[id_] = Draft(
        id_,
        entry.name,
        own,
        terms_at(source, node, "aliases", entry.aliases) if entry.aliases else (),
        tuple(dict.fromkeys(entry.tickers)),
        terms_at(source, node, "not_in", entry.not_in) if entry.not_in else (),
        terms_at(source, node, "only_with", entry.only_with) if entry.only_with else (),
        tuple(dict.fromkeys(entry.tags)),
        source.name,
        node.line,
    )


def _own_name(name: str, *, exact: bool = False) -> Term:
    """A company's name as a term: taken literally, for `*` in a name is part of it (`E*Trade`)."""
    if name.startswith("="):
        raise ValueError(f"{shorten(name)!r}: a name takes no `=`")
    if not any(c.isalnum() for c in name):
        raise ValueError(f"{shorten(name)!r} has no letter or digit to look for")
    return Term(name, "exact" if exact else "phrase", name)


def _fault_of(id_: str, name: str, drafts: dict[str, Draft]) -> tuple[str, str, str] | None:
    if not _ID.fullmatch(id_):
        return (
            "bad-id",
            f"{shorten(id_ or name)!r} cannot be an id",
            "give an `id` of letters, digits, `-`, `_` and `.`",
        )
    if id_ == RESERVED:
        return "bad-id", f"the id {id_!r} means every company", "give it another `id`"
    if id_ in drafts:
        first = drafts[id_]
        mend = "delete one of them, add to the other with `extend`, or give this one its own `id`"
        return "duplicate-id", f"the company {shorten(id_)!r} stands already in {first.file}:{first.line}", mend
    return None


def _add_list(
    drafts: dict[str, Draft], source: RuleSource, name: str, node: Value, folder: Path, out: Gathered
) -> None:
    path = list_file(source, name, folder)
    if isinstance(path, Problem):
        source.tell(node, path.code, path.message, path.mend)
        source.whole = False
        return
    if path in out.files:
        source.tell(node, "duplicate-list", f"the list {shorten(name)!r} is read already", "keep one of the two")
        return
    out.files.append(path)
    rows, problems = read_csv(path)
    out.problems.extend(problems)
    source.whole = source.whole and not problems
    for row in rows:
        id_ = row.id or slug(row.name)
        try:
            own = _own_name(row.name)
            aliases = tuple(map(Term.parse, dict.fromkeys(row.aliases)))
        except ValueError as error:
            out.problems.append(Problem(str(path), row.line, 0, "bad-term", str(error), "write a phrase"))
            source.whole = False
            continue
        fault = _fault_of(id_, row.name, drafts)
        if fault:
            out.problems.append(Problem(str(path), row.line, 0, *fault))
            continue
        drafts[id_] = Draft(id_, row.name, own, aliases, row.tickers, (), (), row.tags, str(path), row.line)


def _extend(drafts: dict[str, Draft], source: RuleSource, entry: ExtendEntry, node: Value, whole: bool) -> None:
    draft = drafts.get(entry.id)
    if draft is None:
        wanted = name_key(entry.id)
        named = [each for each in drafts.values() if name_key(each.id) == wanted or name_key(each.name) == wanted]
        draft = named[0] if len(named) == 1 else None
    if draft is None:
        few = len(source.problems) < MOST_GUESSES
        mend = did_you_mean(entry.id, (*drafts, *(each.name for each in drafts.values()))) if few else ""
        if whole or mend:
            message = f"there is no company {shorten(entry.id)!r} to extend"
            source.tell(child(node, "id"), "unknown-company", message, mend or "define it under `companies`")
        return
    draft.aliases = _joined(draft.aliases, terms_at(source, node, "aliases", entry.aliases))
    draft.tickers = _joined(draft.tickers, entry.tickers)
    draft.not_in = _joined(draft.not_in, terms_at(source, node, "not_in", entry.not_in))
    draft.only_with = _joined(draft.only_with, terms_at(source, node, "only_with", entry.only_with))
    draft.tags = _joined(draft.tags, entry.tags)


def _joined(first: Iterable[T], more: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*first, *more)))


def _short_forms(drafts: Iterable[Draft]) -> dict[str, Term]:
    """The short form of each name, unless another company goes by it, in full or in short.

    Aliases are left as they are: whoever lists them has chosen them one by one.
    """
    owners: dict[str, str] = {}  # key of a name → id of the only company that goes by it, or empty for several
    found: dict[str, Term] = {}
    for draft in drafts:
        names = {term.text for term in (draft.own, *draft.aliases)}
        short = short_form(draft.own)
        if short and short.text not in names:
            names.add(short.text)
            found[draft.id] = short
        for key in {name_key(text) for text in names}:
            owners[key] = "" if owners.setdefault(key, draft.id) != draft.id else draft.id
    return {id_: term for id_, term in found.items() if owners[name_key(term.text)] == id_}


def _company(draft: Draft, short: tuple[Term, ...]) -> Company:
    aliases = tuple({term.written: term for term in (draft.own, *draft.aliases, *short)}.values())
    return Company(draft.id, draft.name, aliases, draft.tickers, draft.not_in, draft.only_with, draft.tags)
