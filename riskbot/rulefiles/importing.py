"""Feeds of a list put into the rule files, or nothing at all.

What always holds: an address that is watched already is not put in again; names are unique over all files; the file
that is changed is written beside itself, judged together with the whole folder, and only then put in its place, in one
step, so that a watching riskbot sees the old file or the new one and nothing between. Whatever goes wrong leaves every
file as it was.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from riskbot.errors import InputError
from riskbot.model import Feed
from riskbot.rulefiles.edit import NewFeed, new_file, with_feeds
from riskbot.rulefiles.folder import Draft
from riskbot.rulefiles.load import load_rules
from riskbot.rulefiles.names import name_key, slug
from riskbot.rulefiles.opml import Outline
from riskbot.text.urls import host
from riskbot.yamlfile import read_text

_BOM = b"\xef\xbb\xbf"
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of each feed of a list."""

    new: tuple[NewFeed, ...]
    known: tuple[tuple[Outline, str], ...]  # with the name of the feed that has its address already


def plan(outlines: Iterable[Outline], feeds: Iterable[Feed]) -> Plan:
    """Which feeds of a list are new, and what they shall be called."""
    feeds = list(feeds)
    addresses = {same_address(feed.url): feed.name for feed in feeds}
    taken = {name_key(feed.name) for feed in feeds}
    new: list[NewFeed] = []
    known: list[tuple[Outline, str]] = []
    for outline in outlines:
        address = same_address(outline.url)
        if address in addresses:
            known.append((outline, addresses[address]))
            continue
        name = _free(_shortened(slug(outline.title)) or slug(host(outline.url)) or "feed", taken)
        taken.add(name_key(name))
        addresses[address] = name
        new.append(NewFeed(name, outline.url, outline.tags, outline.title))
    return Plan(tuple(new), tuple(known))


def same_address(url: str) -> str:
    """What two addresses of one feed have in common: the scheme, the host's letter case and a fragment do not count."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    return f"{(parts.hostname or '').rstrip('.')}{port}{parts.path or '/'}?{parts.query}"


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where it is taken."""
    number, free = 1, name
    while name_key(free) in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST_NAME:
        return name
    head = name[:_LONGEST_NAME]
    return (head.rpartition("-")[0] or head).rstrip("-")


def put(feeds: Sequence[NewFeed], target: Path, folder: Path, packaged: Path | None) -> None:
    """Put the feeds into a rule file of the folder, which need not be there yet.

    Raises RulesError and InputError, both with every file as it was.
    """
    try:
        held = target.read_bytes() if target.exists() else None
    except OSError as error:
        raise _refused(target, error) from error
    if held is not None and not os.access(target, os.W_OK):  # replacing it would only ask its folder
        raise _refused(target, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    text = new_file(feeds) if held is None else with_feeds(read_text(target), str(target), feeds)
    bom = _BOM if held is not None and held.startswith(_BOM) else b""
    place = target.resolve()  # a link stays a link
    draft = place.with_name(f".{place.name}.{os.getpid()}.new")  # hidden: no rule file yet
    try:
        with draft.open("wb") as file:
            file.write(bom + text.encode())
            file.flush()
            os.fsync(file.fileno())
        if held is not None:
            shutil.copymode(place, draft)
        _judge(feeds, target, folder, packaged, draft)
        if (target.read_bytes() if target.exists() else None) != held:
            raise InputError(f"{target} was edited meanwhile", "nothing was put in; try again")
        draft.replace(place)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _judge(feeds: Sequence[NewFeed], target: Path, folder: Path, packaged: Path | None, draft: Path) -> None:
    loaded = load_rules(folder, packaged, draft=Draft(target, draft))
    found = {(feed.name, feed.url) for feed in loaded.feeds}
    if missing := [feed.name for feed in feeds if (feed.name, feed.url) not in found]:
        raise InputError(f"{target} would not bring the feed {missing[0]!r}", "name a file of the rules folder")


def _refused(target: Path, error: OSError) -> InputError:
    why = (error.strerror or type(error).__name__).lower()
    return InputError(f"{target} cannot be written: {why}", "check the permissions of the file and its folder")
