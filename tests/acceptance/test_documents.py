"""Documents are true: every command, option, setting, make target and path that they name exists.

What is read: the documents for people, the comments of the shipped rules, the container's description, and the
sentences riskbot itself prints, since an error's mend is a document too.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache

import pytest
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from riskbot.cli.root import app
from riskbot.settings import Settings
from tests.places import ROOT

PAPERS = sorted(
    {
        *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "rules").glob("*.yaml"),
    }
)
each_paper = pytest.mark.parametrize("paper", [path.relative_to(ROOT).as_posix() for path in PAPERS])

# Not in a checkout, and rightly named all the same: what running riskbot makes, and what its readers bring along.
ELSEWHERE = {".venv", "riskbot.db", "article.txt", "folder/", "riskbot/claims"}  # the last: a shipped list, by its name
NOT_SETTINGS = ("RISKBOT_PORT", "RISKBOT_SERVICE_", "RISKBOT_TEST_", "RISKBOT_SHARED")  # Kubernetes' and the tests' own
Command = TyperCommand | TyperGroup
ENDINGS = "py|md|yaml|yml|toml|txt|sh|ini|csv|json|db"

_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)#\s]+)")
_OPTION = re.compile(r"--[a-z][a-z-]*")
_SETTING = re.compile(r"\bRISKBOT_[A-Z][A-Z_]*[A-Z]\b")
_ROOM = re.compile(r"(?<![\w/.:@-])(?:riskbot|rules|seeds|tests|docs|bench|\.ci)/[\w./-]*\w")
_PATH = re.compile(rf"(?!https?:)\.?[\w-]+(?:/[\w.-]+)*(?:/|\.(?:{ENDINGS}))")


def text_of(paper: str) -> str:
    """What a paper says to people: of a rule file its comments alone."""
    text = (ROOT / paper).read_text(encoding="utf-8")
    if not paper.endswith(".yaml"):
        return text
    comments = (line.partition("#")[2] for line in text.splitlines() if re.match(r"\s*#|.*\s#\s", line))
    return "\n".join(comment.strip() for comment in comments)


def spans(text: str) -> list[str]:
    """What stands between backticks, where lines are broken joined again."""
    return [" ".join(span.split()) for span in _SPAN.findall(_FENCE.sub("", text))]


def fenced(text: str) -> Iterator[str]:
    """The lines of blocks of code, without comments and prompts."""
    for block in _FENCE.findall(text):
        for line in block.splitlines()[1:-1]:
            yield line.partition(" #")[0].strip().removeprefix("$ ")


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────


def calls(text: str) -> list[list[str]]:
    """Every `riskbot …`, as the words after `riskbot`."""
    found = (
        re.match(r"(?:\.venv/bin/|python -m )?riskbot ([a-z<\[-].*)", line) for line in [*spans(text), *fenced(text)]
    )
    return [match[1].split() for match in found if match]


def wrong_with(words: list[str]) -> str | None:
    """What is wrong with a call, or None."""
    command: Command = root()
    takes = 0
    for word in words:
        if word.startswith("--"):
            if word.partition("=")[0] not in options_of(command):
                return f"{command.name} has no option {word}"
        elif isinstance(command, TyperGroup):
            if word not in command.commands:
                return f"there is no command {word!r}"
            command = command.commands[word]
            takes = sum(1 if p.nargs > 0 else 99 for p in command.params if isinstance(p, TyperArgument))
            takes += sum(isinstance(p, TyperOption) and not p.is_flag for p in command.params)
        else:
            takes -= 1
    return f"{command.name} does not take so much" if takes < 0 else None


@cache
def root() -> TyperGroup:
    command = get_command(app)
    assert isinstance(command, TyperGroup)
    return command


def leaves(command: Command, name: str = "riskbot") -> Iterator[tuple[str, Command]]:
    if isinstance(command, TyperGroup):
        for word, below in command.commands.items():
            yield from leaves(below, f"{name} {word}")
    else:
        yield name, command


def options_of(command: Command) -> set[str]:
    return {"--help"} | {name for p in command.params for name in p.opts if isinstance(p, TyperOption)}


@each_paper
def test_every_command_that_a_paper_names_exists(paper: str) -> None:
    assert [(words, wrong) for words in calls(text_of(paper)) if (wrong := wrong_with(words))] == []


@each_paper
def test_every_option_that_a_paper_names_belongs_to_the_command_beside_it(paper: str) -> None:
    known = {option for _, leaf in leaves(root()) for option in options_of(leaf)} | options_of(root())
    foreign = {"--update-golden", "--bots"}  # pytest's, in tests/conftest.py; and the crash run's
    wrong = []
    for line in text_of(paper).splitlines():
        beside = [name for name, _ in leaves(root()) if re.search(rf"`{name}\b", line)]
        allowed = {o for name, leaf in leaves(root()) if name in beside for o in options_of(leaf)} if beside else known
        named = {option for span in _SPAN.findall(line) for option in _OPTION.findall(span)}
        wrong += [(option, beside) for option in sorted(named - allowed - foreign)]
    assert wrong == []


def test_the_readme_names_every_command_and_every_option() -> None:
    readme = text_of("README.md")
    lines = readme.splitlines()
    for name, leaf in leaves(root()):
        row = next((line for line in lines if re.match(rf"\| `{name}\b", line)), "")
        assert row, f"the README's table of commands has no {name}"
        missing = options_of(leaf) - {"--help", "--rules", "--database", "--json"} - set(_OPTION.findall(row))
        assert not missing, f"the README's row of {name} does not tell of {missing}"


def sentences() -> list[str]:
    """Every text that stands in the program, docstrings included."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in sorted((ROOT / "riskbot").rglob("*.py"))]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_every_command_and_setting_that_riskbot_itself_names_exists() -> None:
    said = sentences()
    assert any(calls(sentence) for sentence in said)
    assert [(words, wrong) for text in said for words in calls(text) if (wrong := wrong_with(words))] == []
    assert sorted({name for text in said for name in settings_in(text)} - settings()) == []


def test_the_container_runs_commands_that_exist() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    ((entry,), (run,)) = (re.findall(rf"^{word} (\[.*\])$", text, re.MULTILINE) for word in ("ENTRYPOINT", "CMD"))
    (health,) = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", text, re.MULTILINE)
    for call in (json.loads(entry) + json.loads(run), json.loads(health)):
        assert call[0] == "riskbot"
        assert wrong_with(call[1:]) is None
    assert settings_in(text) <= settings()


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def settings() -> set[str]:
    """Every name that may be set."""
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    names = {*Settings.model_fields, "config", *(f"{name}_file" for name in secret)}
    return {f"RISKBOT_{name.upper()}" for name in names}


def settings_in(text: str) -> set[str]:
    return {name for name in _SETTING.findall(text) if not name.startswith(NOT_SETTINGS)}


@each_paper
def test_every_setting_that_a_paper_names_exists(paper: str) -> None:
    assert sorted(settings_in(text_of(paper)) - settings()) == []


def test_the_readme_names_every_setting_with_its_default() -> None:
    rows = [
        [_SPAN.findall(cell) for cell in line.split(" | ")[:2]]
        for line in text_of("README.md").splitlines()
        if line.startswith("| `RISKBOT_")
    ]
    named = {name for names, _ in rows for name in names}
    assert {f"RISKBOT_{name.upper()}" for name in Settings.model_fields} <= named
    checked = 0
    for names, values in rows:
        if len(names) != len(values):
            continue  # told in words
        for name, value in zip(names, values, strict=True):
            field = name.removeprefix("RISKBOT_").lower()
            if Settings.model_fields[field].default is not None:
                written = getattr(Settings.model_validate({field: value}), field)
                assert written == getattr(Settings.model_validate({}), field), name
                checked += 1
    assert checked >= 5


# ── paths and targets ────────────────────────────────────────────────────────────────────────────────────────────


def paths_in(text: str) -> set[str]:
    """What a text names as a file or a folder of the repository."""
    whole = {span for span in spans(text) if _PATH.fullmatch(span)}
    return whole | set(_ROOM.findall(text)) | {link for link in _LINK.findall(text) if "://" not in link}


def exists(path: str) -> bool:
    """In the repository, or in the house: `feeds/parse.py` is said for `riskbot/feeds/parse.py` where it is plain."""
    return any((base / path).exists() for base in (ROOT, ROOT / "riskbot"))


@each_paper
def test_every_path_that_a_paper_names_exists(paper: str) -> None:
    text = text_of(paper)
    named = paths_in(text) | {
        f"rules/{schema}" for schema in re.findall(r"\$schema=(\S+)", text) if not schema.startswith("https:")
    }
    assert sorted(path for path in named - ELSEWHERE if not exists(path)) == []


@each_paper
def test_every_make_target_that_a_paper_names_exists(paper: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    text = text_of(paper)
    named = {target for line in [*spans(text), *fenced(text)] for target in re.findall(r"^make ([a-z]+)", line)}
    assert named <= targets


def test_what_is_looked_for_is_found_in_the_readme() -> None:
    """The patterns above must not go blind."""
    readme = text_of("README.md")
    assert ["replay"] in calls(readme)
    assert ["rules", "check"] in calls(readme)
    assert "rules/watch.yaml" in paths_in(readme)
    assert {"ARCHITECTURE.md", "seeds/"} <= paths_in(readme)
    assert "RISKBOT_SLACK_CHANNEL" in settings_in(readme)
    assert wrong_with(["rulez"])
    assert wrong_with(["replay", "--at-onse"])
    assert not exists("riskbot/nosuch.py")
