"""What silences and a channel's plan make of a decision to tell.

What always holds: a decision to tell comes out told now, or held back with a record that a digest or the end of its
silence settles; nothing is dropped; what is material ends every silence that waits for it, whatever else holds. Pure:
what is silenced and how much was told already are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from riskbot.model import Article, Decision, Hit, Reason, Story
from riskbot.model.calm import Away, Cause, HeldBack, Plan, Silence
from riskbot.policy.calm import quiet, waits
from riskbot.policy.silences import silenced, words


@dataclass(frozen=True, slots=True)
class Calmed:
    """A decision as it stands in the end."""

    decision: Decision
    held: HeldBack | None = None  # to be kept until its digest
    lifted: tuple[Silence, ...] = ()  # silences that this news ends


def calmed(
    decision: Decision,
    *,
    hits: Sequence[Hit],
    story: Story,
    article: Article,
    material: str | None,
    plan: Plan,
    silences: Iterable[Silence],
    told: int,
    away: Away | None,
    now: datetime,
    stands: bool = True,
) -> Calmed:
    """The decision to tell, or what keeps it from being told now.

    `hits` are those for which the channel is told, `material` what is material in the news, in words (None: nothing
    is), `told` how many new stories the channel was told of since the hour began; `stands`: whether a message of the
    story is there to be edited, where the channel was told of it.
    """
    if not decision.tell:
        return Calmed(decision)
    held = HeldBack(story.id, decision.channel, article.id, Cause.SILENCE, decision.reason, now)

    def mute(of: Sequence[Hit], among: Sequence[Silence]) -> Silence | None:
        return silenced(of, story=story.id, level=story.level, outlet=article.outlet, silences=among, now=now)

    known, lifted = tuple(silences), tuple[Silence, ...]()
    if material and mute(hits, known):
        each_alone: list[tuple[Hit, ...]] = [(hit,) for hit in hits] or [()]
        waiting = (silence for silence in known if silence.until_material)
        lifted = tuple(silence for silence in waiting if any(mute(of, (silence,)) for of in each_alone))
    holding = mute(hits, [silence for silence in known if silence not in lifted])
    if holding:
        comment = f": {holding.comment}" if holding.comment else ""
        why = f"silence {holding.id} of {holding.author} ({words(holding)}){comment}; {_would(decision)}"
        quiet_one = replace(decision, tell=False, reason=Reason.SILENCED, why=why, due_at=None)
        return Calmed(quiet_one, replace(held, silence=holding.id), lifted)
    if decision.channel in story.told:
        until = quiet(plan.channel(decision.channel), story.level, now)
        if until is None or (material is None and stands):
            return Calmed(decision, None, lifted)
        # The message is edited all the same, which disturbs nobody; the bell waits for the morning's digest. So does
        # whatever would be a message of its own, of a story that only a digest told.
        morning = replace(held, cause=Cause.QUIET, due_at=until, title="Quiet hours")
        return Calmed(replace(decision, hushed=True), morning, lifted)
    wait = waits(plan, decision.channel, story.level, now, hits=hits, article=article, told=told, away=away)
    if wait is None:
        return Calmed(decision, None, lifted)
    why = f"{wait.why}; {_would(decision)}"
    later = replace(decision, tell=False, reason=Reason.HELD_FOR_DIGEST, why=why, due_at=None)
    return Calmed(later, replace(held, cause=wait.cause, due_at=wait.due_at, title=wait.title), lifted)


def _would(decision: Decision) -> str:
    return f"{decision.reason}: {decision.why}"
