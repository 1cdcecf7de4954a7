"""Scan: any pile of articles, line by line, against the rules.

What always holds: one line comes out for each article, in order, and depends on the articles before it only by its
story; offsets count in the fields as given; memory does not grow with the input but for the window of live stories. A
line's story is the one it had when it was written. A rule on trial moves no story, whether or not its hits are shown.

A line that is no article ends the scan, after everything before it was written: the reader then knows exactly what was
done and can go on from there. Passing over it would make the output shorter than the input, in silence; writing
something in its place would make a mistake look like an article without a hit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Literal

from riskbot.errors import ArticleFileError
from riskbot.mind import Mind, read
from riskbot.model import Reading
from riskbot.stories.claims import about
from riskbot.stories.clustering import opens_story
from riskbot.stories.live import LiveStories
from riskbot.stories.sketch import Sketch, sketch
from riskbot.usecases.crew import in_order
from riskbot.usecases.forms import Form, article_form
from riskbot.usecases.lines import Chunk, Line, Source, chunks, parse

Stories = Literal["none", "hits", "all"]


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every worker holds."""

    mind: Mind
    stories: Stories
    trial: bool


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An article that is still to be placed in a story."""

    id: str | int | float
    reading: Reading
    sketch: Sketch  # without the hits of rules on trial, like all that places it
    opens: bool


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a chunk."""

    lines: tuple[bytes | _Waiting, ...]  # finished lines, and articles that wait for their story
    error: ArticleFileError | None  # at the line after these
    failed: Mapping[str, str]  # rules that failed by now and are asked no more: rule id → why


def scan(
    source: Source,
    mind: Mind,
    stories: Stories = "hits",
    *,
    trial: bool = False,
    workers: int = 1,
    tell_failed: Callable[[str, str], None] = lambda rule, why: None,
) -> Generator[bytes]:
    """The lines that come out, in pieces, each to be written as soon as it comes; close it to stop.

    `trial`: hits of rules on trial are shown too. `tell_failed` is told once of each rule that failed on an article and
    was switched off, and why.

    Raises ArticleFileError at a line that is no article, when all before it have come; WorkError when a worker dies.
    """
    live = LiveStories(mind.policy.quiet_after, mind.frequencies)
    told: set[str] = set()  # each worker meets a failing rule by itself
    with closing(in_order(_work, _Bench(mind, stories, trial), chunks(source), workers)) as results:
        for done in results:
            for rule in done.failed.keys() - told:
                told.add(rule)
                tell_failed(rule, done.failed[rule])
            if done.lines:
                yield b"".join(line if isinstance(line, bytes) else _placed(line, live) for line in done.lines)
            if done.error:
                raise done.error


def _work(bench: _Bench, chunk: Chunk) -> _Done:
    """Read a chunk's articles: the part that needs no other article, and is done on all cores."""
    lines: list[bytes | _Waiting] = []
    for number, given in enumerate(chunk.lines, chunk.first):
        try:
            line = parse(given, number)
        except ArticleFileError as error:
            return _Done(tuple(lines), error, dict(bench.mind.matcher.switched_off))
        if line is not None:
            lines.append(_read(line, bench))
    return _Done(tuple(lines), None, dict(bench.mind.matcher.switched_off))


def _read(line: Line, bench: _Bench) -> bytes | _Waiting:
    every = bench.stories == "all"
    reading = read(line.article, bench.mind, every=every)
    if not bench.trial:
        reading = _live(reading, bench.mind, every=every)
    if bench.stories == "all" or (bench.stories == "hits" and any(not hit.trial for hit in reading.hits)):
        live = _live(reading, bench.mind, every=every)
        opens = bench.stories == "all" or opens_story(live.hits)
        return _Waiting(line.id, reading, sketch(live), opens)
    return _written(line.id, reading, None)


def _placed(line: _Waiting, live: LiveStories) -> bytes:
    return _written(line.id, line.reading, live.place(line.sketch, opens=line.opens).story)


def _live(reading: Reading, mind: Mind, *, every: bool) -> Reading:
    """The article as it would be read if no rule were on trial."""
    hits = tuple(hit for hit in reading.hits if not hit.trial)
    if len(hits) == len(reading.hits):
        return reading
    said = mind.claims.read(reading.article, about(hits), reading.origin) if hits or every else ()
    return replace(reading, hits=hits, claims=said)


def _written(id_: str | int | float, reading: Reading, story: str | None) -> bytes:
    form: Form = article_form(reading, story) | {"id": id_}
    try:
        return (json.dumps(form, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can write and UTF-8 cannot
        return (json.dumps(form) + "\n").encode()
