"""The rules of a folder, ready to use, or everything that is wrong with them.

What always holds: loading is loud and whole: all problems of all files come in one `RulesError`, and rules with an
error are never used in part; the result does not depend on how the rules are split into files or ordered in them.
Deliberately absent: watching for changes, and matching.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from riskbot.errors import Problem, RulesError
from riskbot.matching.match import Matcher
from riskbot.matching.rules import RuleSet
from riskbot.model import Feed, Outlet
from riskbot.model.calm import Plan
from riskbot.rulefiles.advice import advise
from riskbot.rulefiles.channels import gather_plan
from riskbot.rulefiles.claimterms import gather_claims, with_claims
from riskbot.rulefiles.companies import gather
from riskbot.rulefiles.digest import rules_hash, whole_hash
from riskbot.rulefiles.directory import Directory
from riskbot.rulefiles.folder import Draft, read_folder
from riskbot.rulefiles.publishers import gather_feeds, gather_outlets
from riskbot.rulefiles.source import RuleSource
from riskbot.rulefiles.watch import gather_rules, gather_topics
from riskbot.stories.claims import ClaimTerms
from riskbot.yamlfile import MAX_BYTES


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the rule files say."""

    rule_set: RuleSet
    feeds: tuple[Feed, ...]
    outlets: tuple[Outlet, ...]
    problems: tuple[Problem, ...]  # warnings and notes; there are no errors
    files: tuple[Path, ...]  # every file read, shipped lists and CSV included: what to watch for changes
    derived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # company id → short forms added to its names
    hash: str = ""  # of everything; `rule_set.hash` is of companies, topics and rules alone
    claims: ClaimTerms = field(default_factory=ClaimTerms, repr=False)  # the words by which claims are told
    plan: Plan = field(default_factory=Plan)  # which channel hears what, and when
    matcher: Matcher | None = field(default=None, compare=False, repr=False)  # the rules compiled, where that was asked


def load_rules(
    folder: Path, packaged: Path | None = None, *, max_bytes: int = MAX_BYTES, draft: Draft | None = None
) -> Loaded:
    """Read every rule file of a folder, with the shipped lists from `packaged` that they use.

    With a `draft` they are judged as if that file had been saved already.

    Raises RulesError with every problem (errors first, in the order of the files), and InputError when there is no
    such folder or no rule file in it.
    """
    sources = with_claims(read_folder(folder, packaged, max_bytes, draft), packaged, max_bytes)
    gathered = gather(sources, folder)
    topics = gather_topics(sources)
    rules = gather_rules(sources, topics, Directory(gathered.companies))
    feeds, outlets, claims = gather_feeds(sources), gather_outlets(sources), gather_claims(sources)
    plan = gather_plan(sources, rules)
    if not rules and all(source.whole for source in sources):
        mend = "add `rules:`, or `use: [riskbot/watch]` for the shipped ones"
        sources[0].problems.append(Problem(str(folder), 0, 0, "no-rules", "no file here holds a rule", mend))
    advise(sources)
    problems = _in_order(sources, gathered.problems)
    if any(problem.severity == "error" for problem in problems):
        raise RulesError(problems)
    companies = tuple(gathered.companies)
    rule_set = RuleSet(companies, topics, rules, rules_hash(companies, topics, rules))
    files = (*(source.path for source in sources), *gathered.files)
    whole = whole_hash(rule_set.hash, feeds, outlets, claims, plan)
    return Loaded(rule_set, feeds, outlets, tuple(problems), files, gathered.derived, whole, claims=claims, plan=plan)


def _in_order(sources: Sequence[RuleSource], more: Sequence[Problem]) -> list[Problem]:
    """All problems: errors before warnings before notes, then by file, line and column."""
    ranks = {"error": 0, "warning": 1, "note": 2}
    files = {source.name: position for position, source in enumerate(sources)}
    problems = {problem: None for source in sources for problem in source.problems} | dict.fromkeys(more)

    def place(problem: Problem) -> tuple[int, int, str, int, int]:
        position = files.get(problem.file, len(files))
        return ranks[problem.severity], position, problem.file, problem.line, problem.column

    return sorted(problems, key=place)
