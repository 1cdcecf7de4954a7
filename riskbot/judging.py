"""Settings and rule files in, a mind out: everything that is needed to judge articles, and no more.

What always holds: nothing of a database, of the network or of Slack is imported here, so that whoever edits rules need
not wait for it. Nothing below this file asks the clock or the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from riskbot.errors import InputError
from riskbot.matching.match import Matcher
from riskbot.mind import Mind
from riskbot.policy.alerting import Policy
from riskbot.policy.reloading import Signature
from riskbot.rulefiles.cache import load_ready
from riskbot.rulefiles.load import Loaded
from riskbot.settings import Settings
from riskbot.stories.claims import ClaimReader
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.outlets import Outlets


def clock() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def shipped(name: str) -> Path:
    """A folder that comes with riskbot (`rules`, `seeds`): in the installed package, or in the checkout."""
    installed = Path(str(files("riskbot"))) / "_shipped" / name
    return installed if installed.is_dir() else Path(__file__).resolve().parent.parent / name


def rules_folder(settings: Settings, given: Path | None = None) -> Path:
    """Where the rule files are: as given, else as set, else `./rules`, else the shipped ones."""
    if given or settings.rules_dir:
        return given or settings.rules_dir or Path()
    here = Path("rules")
    return here if here.is_dir() else shipped("rules")


def cache_folder() -> Path | None:
    """Where compiled rules are kept between starts: the user's own cache folder; None where there is no home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return (Path(given) if Path(given).is_absolute() else Path.home() / ".cache") / "riskbot"
    except RuntimeError:  # nobody's home
        return None


def load(settings: Settings, rules: Path | None = None) -> Loaded:
    """The rule files in force, compiled. Raises RulesError or InputError."""
    return load_ready(rules_folder(settings, rules), shipped("rules"), cache_folder())


def signature(folder: Path, files: Iterable[Path] = ()) -> Signature:
    """What the rule files look like from outside: those of the folder, and `files` wherever they are.

    Links are followed to what they lead to, so that a Kubernetes ConfigMap, which swaps a link, is seen to change. No
    inode numbers: some network volumes give new ones at every look. A file that is gone by the time it is looked at
    counts as one without a size.
    """
    paths = {os.path.relpath(path, folder) if path.is_relative_to(folder) else str(path): path for path in files}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.endswith((".yaml", ".yml", ".csv")) and not name.startswith("."):
                path = Path(place, name)
                paths[os.path.relpath(path, folder)] = path
    return tuple(sorted((name, *_size_and_time(path)) for name, path in paths.items()))


def _size_and_time(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return -1, 0
    return found.st_size, found.st_mtime_ns


def require_feeds(loaded: Loaded) -> None:
    """Watching needs something to watch. Raises InputError."""
    if not loaded.feeds:
        raise InputError("no feed to watch", "add `feeds:` to a rule file, or pass another folder with --rules")


@cache
def frequencies() -> Frequencies:
    """How common words are, as riskbot starts out: counts of general news, without a text, a name or a date."""
    return Frequencies.from_bytes((Path(str(files("riskbot"))) / "stories" / "frequencies.tsv.gz").read_bytes())


def think(settings: Settings, loaded: Loaded, only_channel: str | None = None) -> Mind:
    """Rules and settings as the core takes them."""
    policy = Policy(
        channel=settings.slack_channel,
        only_channel=only_channel,
        first_poll_window=settings.first_poll_window,
        too_old_after=settings.too_old_after,
        quiet_after=settings.story_quiet_after,
        min_interval=settings.min_interval,
        max_interval=settings.max_interval,
        stale_after=settings.stale_after,
        plan=replace(loaded.plan, alerts_per_hour=settings.alerts_per_hour),
        ops_channel=settings.ops_channel or settings.slack_channel,
    )
    matcher, reader = loaded.matcher or Matcher(loaded.rule_set), ClaimReader(loaded.claims)
    return Mind(matcher, Outlets(loaded.outlets), policy, frequencies(), claims=reader)
