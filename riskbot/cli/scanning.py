"""`riskbot scan`: JSON lines of articles in, JSON lines out."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from riskbot.cli.console import err
from riskbot.errors import ArticleFileError, WorkError
from riskbot.judging import load, think
from riskbot.settings import load_settings
from riskbot.usecases.lines import CHUNK_BYTES, Source
from riskbot.usecases.scan import Stories
from riskbot.usecases.scan import scan as run_scan

STDIN, STDOUT = 0, 1


def scan(
    file: Annotated[str, typer.Argument(help="File of JSON lines (.gz too), or - for standard input.")],
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
    stories: Annotated[
        Stories, typer.Option("--stories", help="Which articles get a story: none, those with a hit, or all.")
    ] = "hits",
    trial: Annotated[bool, typer.Option("--trial", help="Show hits of rules on trial too.")] = False,
    workers: Annotated[int, typer.Option("--workers", min=0, help="Processes; 0: one for each core.")] = 0,
) -> None:
    """Match any pile of articles: JSON lines in, JSON lines out, in order, one per article."""
    settings = load_settings()
    mind = think(settings, load(settings, rules))
    failed: list[str] = []

    def tell_failed(rule: str, why: str) -> None:
        failed.append(rule)
        err.print(Text.assemble(("warning: ", "yellow"), f"rule {rule} is switched off: {why}"), soft_wrap=True)

    with (
        opened(file) as source,
        closing(
            run_scan(source, mind, stories, trial=trial, workers=_crew(file, workers), tell_failed=tell_failed)
        ) as pieces,
    ):
        for lines in pieces:
            _write(lines)
    if failed:
        raise WorkError(
            f"rules that failed were switched off on the way: {', '.join(failed)}",
            "their hits are missing from there on; this is a defect of riskbot",
        )


def _write(lines: bytes) -> None:
    """Past every buffer: whoever reads along has each line at once, and what failed is not written again at the end."""
    left = memoryview(lines)
    try:
        while left:
            left = left[os.write(STDOUT, left) :]
    except BrokenPipeError:
        raise
    except OSError as error:
        raise WorkError(f"standard output cannot be written: {_why(error)}", "make room, or write elsewhere") from error


def _crew(file: str, wanted: int) -> int:
    """How many processes: as wanted, else one for each core, but no more than a small file has work for."""
    if wanted:
        return wanted
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if file == "-" or file.endswith(".gz"):
        return cores
    status = Path(file).stat()
    return min(cores, 1 + status.st_size // CHUNK_BYTES) if stat.S_ISREG(status.st_mode) else cores


@contextmanager
def opened(file: str) -> Iterator[Source]:
    """A file by its name, or standard input, to be read as its bytes come. Raises ArticleFileError."""
    if file == "-":
        # Without a buffer of its own: what a pipe holds is had at once, and a reader who waits holds no lock.
        with open(STDIN, "rb", buffering=0, closefd=False) as stream:
            yield stream
        return
    try:
        stream = open(file, "rb", buffering=0)  # noqa: PTH123, SIM115  # closed below
    except OSError as error:
        raise ArticleFileError(f"{file} cannot be read: {_why(error)}", "check its name and permissions") from error
    with stream:
        if not file.endswith(".gz"):
            yield stream
            return
        with gzip.GzipFile(fileobj=stream) as unpacked:
            yield _Unpacked(unpacked, file)


class _Unpacked:
    """A gzip file; what is wrong with it is told in words."""

    def __init__(self, stream: gzip.GzipFile, name: str) -> None:
        self._stream = stream
        self._name = name

    def read(self, size: int, /) -> bytes:
        """At most so many bytes. Raises ArticleFileError where the file is damaged."""
        try:
            return self._stream.read(size)
        except (gzip.BadGzipFile, zlib.error) as error:
            raise ArticleFileError(f"{self._name} is not a whole gzip file: {error}", "pack it again") from error
        except EOFError as error:
            raise ArticleFileError(f"{self._name} ends in the middle of its data", "fetch or pack it again") from error


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
