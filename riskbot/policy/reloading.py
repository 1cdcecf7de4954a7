"""When an edit of the rule files counts, and what people are told of it.

What always holds: an edit counts only when two looks saw the same files, so that a half-written save is nobody's
business; the same mistakes are told once, wherever in their files they stand meanwhile, and by however many processes
they are met; whoever was told that an edit was refused is told when the rules are live again. Deliberately absent:
looking, loading and compiling.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from riskbot.errors import InputError, Problem, RulesError
from riskbot.model import RulesState
from riskbot.policy.changes import Content, changes, size

Signature = tuple[tuple[str, int, int], ...]  # of each file: its path in the folder, its size, when it was changed (ns)

_NAMED = 3  # files named before the rest is counted


@dataclass(frozen=True, slots=True)
class Watched:
    """The rule files as they were seen."""

    judged: Signature  # when they were last loaded or refused
    seen: Signature  # at the last look

    def edited(self, seen: Signature) -> bool:
        """Whether this look and the last one saw the same edit."""
        return seen == self.seen and seen != self.judged


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an edit cannot be used."""

    sentence: str
    key: str  # the same for the same mistakes, on whatever line
    problems: tuple[str, ...] = ()  # all of them, each with its place


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be noted of the rules, and what people are told of it, if anything."""

    state: RulesState
    notice: str | None = None


def refusal(error: InputError, folder: str) -> Refusal:
    """What is wrong with the files, in one line: the first error with its place and mend, the others counted."""
    errors = [p for p in error.problems if p.severity == "error"] if isinstance(error, RulesError) else []
    if not errors:
        mend = f", {error.mend}" if error.mend else ""
        return Refusal(f"Edit refused, old rules still live: {error}{mend}", _key([str(error)]))
    first = replace(errors[0], file=_within(folder, errors[0].file))
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    mend = f", {first.mend}" if first.mend else ""
    sentence = f"Edit refused, old rules still live: {first.place} {first.message}{mend}{more}"
    return Refusal(sentence, _key([_identity(problem) for problem in errors]), tuple(map(str, errors)))


def defect(error: Exception) -> Refusal:
    """The refusal for an edit over which riskbot itself failed."""
    said = f"{type(error).__name__}: {error}"
    sentence = f"Edit refused, old rules still live: riskbot failed over it ({said}), which is a defect of riskbot"
    return Refusal(sentence, _key([said]))


def started(state: RulesState | None, content: Content, now: datetime) -> Told:
    """The rules that riskbot starts with: worth a word when they are not those that were last live."""
    if state is None:
        return Told(_state(content, now))
    same = state.whole == content.hash
    since = state.live_since if same else now
    notice = None if same and state.refused is None else f"Rules live: {size(content)}, read at the start"
    return Told(_state(content, since), notice)


def live(state: RulesState | None, before: Content, after: Content, files: Sequence[str], now: datetime) -> Told:
    """An edit of these files can be used. Nothing is told where nothing changed and nobody waits for a word."""
    if state and state.refused is None and after.hash in (before.hash, state.whole):
        return Told(state)  # white space and comments, or another process has told it
    kept = state.switched_off if state and before.hash == after.hash else {}  # those rules were not compiled anew
    what = changes(before, after) or ("changed in the small" if before.hash != after.hash else "as before the refusal")
    since = state.live_since if state and state.whole == after.hash else now
    return Told(replace(_state(after, since), switched_off=kept), f"Rules live: {what}, by {_listed(files)}")


def refused(state: RulesState | None, in_force: Content, why: Refusal, now: datetime) -> Told:
    """An edit cannot be used: told when people do not know of these mistakes yet."""
    state = state or _state(in_force, now)
    if state.refused_key == why.key:
        return Told(replace(state, refused=why.sentence))  # the place may have moved
    return Told(replace(state, refused=why.sentence, refused_key=why.key, refused_at=now), why.sentence)


def switched(state: RulesState | None, in_force: Content, off: Mapping[str, str], now: datetime) -> Told:
    """These rules failed at run time and are switched off (rule → why): told once for each."""
    state = state or _state(in_force, now)
    new = {rule: why for rule, why in off.items() if rule not in state.switched_off}
    if not new:
        return Told(state)
    said = "; ".join(f"{rule} ({why})" for rule, why in sorted(new.items()))
    which = "Rule switched off" if len(new) == 1 else "Rules switched off"
    notice = f"{which} until the rules are edited, because of a failure, the others go on: {said}"
    return Told(replace(state, switched_off={**state.switched_off, **new}), notice)


def edited_files(before: Signature, after: Signature) -> tuple[str, ...]:
    """The files that are new, gone or different, by name."""
    return tuple(sorted({name for name, *_ in set(before) ^ set(after)}))


def joined(earlier: Signature, later: Signature) -> Signature:
    """Both looks as one: a file that both saw counts as the earlier one saw it."""
    files = {name: (size, changed) for look in (later, earlier) for name, size, changed in look}
    return tuple(sorted((name, *seen) for name, seen in files.items()))


def _state(content: Content, since: datetime) -> RulesState:
    rules = content.rule_set
    return RulesState(
        hash=rules.hash,
        whole=content.hash,
        live_since=since,
        rules=len(rules.rules),
        companies=len(rules.companies),
        topics=len(rules.topics),
        feeds=len(content.feeds),
    )


def _listed(files: Sequence[str]) -> str:
    more = len(files) - _NAMED
    named = ", ".join(files[:_NAMED]) or "the files as they were"
    return f"{named} and {more} more" if more > 0 else named


def _within(folder: str, file: str) -> str:
    """The file as people name it who work in the folder."""
    path = PurePath(file)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else file


def _identity(problem: Problem) -> str:
    return f"{problem.file} {problem.code} {problem.message}"


def _key(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(parts)).encode("utf-8", "surrogatepass")).hexdigest()
