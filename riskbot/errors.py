"""Every error riskbot raises on purpose.

    RiskbotError            anything below; carries a sentence for people and how to mend it
    ├── InputError          the input or the configuration is wrong             (exit status 2)
    │   ├── SettingsError   a setting is unknown, malformed or contradicts another
    │   ├── RulesError      one or more problems in rule files, each with its place
    │   └── ArticleFileError  a folder or file of articles cannot be read as articles
    └── WorkError           the input was fine, the work failed                  (exit status 1)
        ├── FetchError      a feed or page could not be had; never more than one feed's concern
        ├── StoreError      the database cannot be reached, or refused
        └── SlackError      Slack refused, or its answer is unknown

What always holds: a message names the thing concerned and never a secret; `mend` says what the reader can
do about it, or is empty where nothing can be done. An error that is not in this tree is a defect of riskbot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Severity = Literal["error", "warning", "note"]


class RiskbotError(Exception):
    """The root: `str(error)` is one sentence for people, `mend` how to put it right."""

    exit_status = 1

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend


class InputError(RiskbotError):
    """The input or the configuration is wrong."""

    exit_status = 2


class WorkError(RiskbotError):
    """The input was fine but the work could not be done."""


class SettingsError(InputError):
    """A setting is unknown, malformed or contradicts another."""


class ArticleFileError(InputError):
    """A folder or file of articles cannot be read as articles."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a file people edit."""

    file: str  # as the user named it, relative where that is shorter
    line: int  # 1-based; 0 when the whole file is meant
    column: int  # 1-based, in characters; 0 when the whole line is meant
    code: str  # a stable kebab-case name, e.g. `unknown-topic`
    message: str  # what is wrong, with the offending text
    mend: str = ""  # what to write instead
    severity: Severity = "error"
    source: str = ""  # the line as it stands in the file, for the caret

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and terminals make it clickable."""
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])

    def __str__(self) -> str:
        mend = f" ({self.mend})" if self.mend else ""
        return f"{self.place} {self.message}{mend}"


class RulesError(InputError):
    """One or more problems in rule files; `problems` holds them all, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = str(self.problems[0]) if self.problems else "the rules cannot be used"
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(first + more, "run `riskbot rules check`")


class FetchError(WorkError):
    """A feed or page could not be had.

    `reason` is a stable kebab-case name for the feed's record (`http-404`, `timed-out`, `too-large`, …).
    """

    def __init__(self, reason: str, message: str, mend: str = "", *, retry_after: timedelta | None = None) -> None:
        super().__init__(message, mend)
        self.reason = reason
        self.retry_after = retry_after  # how long the server asked us to stay away; None when it did not say


class StoreError(WorkError):
    """The database cannot be reached or refused the work."""


class SlackError(WorkError):
    """Slack refused a call or its answer is unknown.

    `ambiguous` is true when the call may have taken effect all the same: it must be looked up, never repeated blindly.
    """

    def __init__(
        self, code: str, message: str, mend: str = "", *, ambiguous: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message, mend)
        self.code = code  # Slack's own error string where there is one, e.g. `channel_not_found`
        self.ambiguous = ambiguous
        self.retry_after = retry_after  # seconds Slack asked us to wait; None when it did not say
