"""Why a story was told: its evidence, what its level is made of, and every decision about it, in words.

What always holds: what is said is what was decided and kept, and nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from riskbot.mind import Mind
from riskbot.model import Decision, Hit, Story
from riskbot.model.answers import Answer, AnswerKind, Owner
from riskbot.ports import Store
from riskbot.stories.severity import certainty, gravity
from riskbot.usecases.answered import heard
from riskbot.usecases.answers import Press, Said
from riskbot.usecases.stories import show_story

HITS = 8  # shown; `riskbot stories show` has them all
SPANS = 6  # of one hit
DECISIONS = 12  # the last ones
ANSWERS = 8  # likewise


async def why(store: Store, mind: Mind, id_: str, press: Press) -> Said:
    """Everything behind a story, short enough for a glance; who asked is kept. Raises InputError for an unknown one."""
    shown = await show_story(store, mind, id_, press.at)
    story, summary = shown.listed.story, shown.listed.summary
    await store.write(lambda tx: tx.answer(press.answer(AnswerKind.WHY, story.id)))
    owner = await store.owner(story.id)
    sure = certainty(summary)
    made_of = [f"{words}: {points:+d}" for words, points in gravity(story, mind.outlets).parts]
    merged = f" ({id_} is part of it)" if story.id != id_ else ""
    parts = (
        (f"Level: {summary.level}, score {summary.score}", tuple(made_of)),
        ("How sure", (f"{sure.degree}: {sure.why}",)),
        ("What matched", tuple(_hits(story))),
        ("Decisions", tuple(_decisions(shown.decisions))),
        ("What people said", tuple(_answers(owner, await store.answers(story.id)))),
    )
    return Said(f"Story {story.id}{merged}: {summary.headline}", parts)


def _hits(story: Story) -> Iterable[str]:
    found = [(member.reading.article.title, hit) for member in story.members for hit in member.reading.hits]
    for title, hit in found[:HITS]:
        yield f"{_matched(hit)} — in {title or 'an article without a title'}"
    if len(found) > HITS:
        yield f"+{len(found) - HITS} more"


def _matched(hit: Hit) -> str:
    """`rule alibaba-military, Alibaba: “Alibaba” (title), “military” (text, topic military); as a fact, score 60`."""
    spans = dict.fromkeys(
        f"“{span.text}” ({span.field}{f', topic {span.topic}' if span.topic else ''})" for span in hit.spans
    )
    listed = ", ".join(list(spans)[:SPANS]) + (", …" if len(spans) > SPANS else "")
    as_what = "as a fact" if hit.modality == "actual" else "only as a possibility"
    trial = ", on trial" if hit.trial else ""
    return f"rule {hit.rule}, {hit.company_name}: {listed}; {as_what}, score {hit.score}{trial}"


def _decisions(decisions: Iterable[tuple[Decision, datetime]]) -> Iterable[str]:
    every = list(decisions)
    if len(every) > DECISIONS:
        yield f"{len(every) - DECISIONS} earlier ones"
    for decision, at in every[-DECISIONS:]:
        told = "told" if decision.tell else "quiet"
        words = f": {decision.why}" if decision.why else ""
        reason = str(decision.reason).replace("_", " ")
        yield f"{at:%Y-%m-%d %H:%M} UTC #{decision.channel.removeprefix('#')}: {told}, {reason}{words}"


def _answers(owner: Owner | None, answers: Sequence[Answer]) -> Iterable[str]:
    yield f"{owner.user_name} is on it since {owner.since:%Y-%m-%d %H:%M} UTC" if owner else "Nobody is on it"
    said = [(each, words) for each, words in heard(answers) if each.kind is not AnswerKind.WHY]
    for each, words in said[-ANSWERS:]:
        yield f"{each.at:%Y-%m-%d %H:%M} UTC {each.user_name} {words}"
