"""Where things are printed: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from riskbot.errors import Problem, RiskbotError, RulesError
from riskbot.rulefiles.report import segments

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)
_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan", "place": "bold", "caret": "red", "mend": "green"}


def print_json(document: Any) -> None:
    """One JSON document on standard output, readable by people too."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")


def print_problems(problems: tuple[Problem, ...], console: Console) -> None:
    """Problems of rule files, each with its line and a caret."""
    text = Text()
    for segment in segments(problems):
        text.append(segment.text, style=_STYLES.get(segment.style, ""))
    console.print(text, soft_wrap=True)


def tell_error(error: RiskbotError) -> None:
    """An error as people read it: what is wrong, and how to mend it."""
    if isinstance(error, RulesError):
        print_problems(error.problems, err)
        return
    text = Text.assemble(("error: ", "bold red"), str(error))
    if error.mend:
        text.append("\n  ").append("mend: ", style="green").append(error.mend)
    err.print(text, soft_wrap=True)


def tell_doubt(said: str, mend: str) -> None:
    """What was done, though it may not have been meant so."""
    text = Text.assemble(("warning: ", _STYLES["warning"]), said)
    if mend:
        text.append("\n  ").append("mend: ", style=_STYLES["mend"]).append(mend)
    err.print(text, soft_wrap=True)
