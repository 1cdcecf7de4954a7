"""YAML as riskbot reads it: what values mean, where they stand, and what is refused."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot import yamlfile
from riskbot.errors import Problem, RulesError
from riskbot.yamlfile import Fields, Items, Scalar


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(RulesError) as caught:
        yamlfile.load_text(text, "rules.yaml")
    return caught.value.problems


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *[
            (word, word)
            for word in ("NO", "no", "ON", "Y", "yes", "off", "0700", "08:30", "1_000", "2026-01-01", "tRUE")
        ],
        *[("true", True), ("True", True), ("FALSE", False), ("null", None), ("~", None), ("", None), ("NULL", None)],
        *[("0", 0), ("-12", -12), ("+3", 3), ("0x1F", 31), ("0o17", 15), ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0)],
        *[("-.inf", float("-inf")), ("9" * 40, "9" * 40), ("'12'", "12"), ('"true"', "true"), ("+", "+"), (".", ".")],
        ("!!str 12", "12"),
    ],
)
def test_scalars_mean_what_the_core_schema_says(written: str, meant: object) -> None:
    value = yamlfile.plain(yamlfile.load_text(f"key: {written}\n", "x"))
    assert value == {"key": meant}
    assert type(value["key"]) is type(meant)  # type: ignore[index,call-overload]


def test_every_value_and_key_knows_its_line_and_column() -> None:
    root = yamlfile.load_text("# first\nrules:\n  - title: 制裁\n    topics: [a, 'b']\n", "x")
    assert isinstance(root, Fields)
    assert (root.keys["rules"].line, root.keys["rules"].column) == (2, 1)
    rules = root.items["rules"]
    assert isinstance(rules, Items)
    rule = rules.items[0]
    assert isinstance(rule, Fields)
    assert (rule.line, rule.column) == (3, 5)
    topics = rule.items["topics"]
    assert isinstance(topics, Items)
    assert [(t.line, t.column) for t in topics.items] == [(4, 14), (4, 17)]


def test_the_text_of_a_scalar_stays_at_hand_as_written() -> None:
    root = yamlfile.load_text("[NO, 0x1F, 1e3, '  x ', TRUE]", "x")
    assert yamlfile.written(root) == ["NO", "0x1F", "1e3", "  x ", "TRUE"]


def test_only_what_says_nothing_is_nothing_when_read_as_written() -> None:
    root = yamlfile.load_text("[~, null, NULL, '', '~', 'null']", "x")
    assert yamlfile.written(root) == [None, None, "NULL", "", "~", "null"]


def test_an_alias_repeats_its_value() -> None:
    assert yamlfile.plain(yamlfile.load_text("a: &x [1, 2]\nb: *x\n", "x")) == {"a": [1, 2], "b": [1, 2]}


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfkey: 1\n")
    root = yamlfile.load(path)
    assert yamlfile.plain(root) == {"key": 1}
    assert (root.line, root.column) == (1, 1)


def test_every_duplicate_key_of_a_file_is_told() -> None:
    found = problems_of("a: 1\nb: 1\na: 2\nc: {d: 1, d: 2}\n")
    assert [(p.line, p.column, p.code) for p in found] == [(3, 1, "duplicate-key"), (4, 11, "duplicate-key")]
    assert "line 1" in found[0].message
    assert found[1].source == "c: {d: 1, d: 2}"


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "empty-file", 0, 0),
        ("# only a comment\n", "empty-file", 0, 0),
        ("a: *missile\n", "unknown-alias", 1, 4),
        ("a: &a [*a]\n", "unknown-alias", 1, 8),
        ("a:\n\tb: 1\n", "yaml", 2, 1),
        ("? [a]\n: 1\n", "bad-key", 1, 3),
        ("?\n: 1\n", "bad-key", 1, 2),
        ("a: 1\n---\nb: 1\n", "second-document", 2, 1),
        ("a: !!python/name:os.system 1\n", "unknown-tag", 1, 4),
        ("a: !thing 1\n", "unknown-tag", 1, 4),
        ("a: x\x00y\n", "control-character", 1, 5),
        ('a: "\\q"\n', "yaml", 1, 5),
        ("%FOO\n", "yaml", 1, 5),
        ("a: b: c\n", "yaml", 1, 5),
    ],
)
def test_what_is_refused_is_told_once_with_its_place_and_a_mend(text: str, code: str, line: int, column: int) -> None:
    (problem,) = problems_of(text)
    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert problem.mend
    assert problem.file == "rules.yaml"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "{a," * 100_000,
        "[a: " * 100_000,
        "? " * 100_000,
        "- " * 100_000,
        "\n".join(" " * n + "a:" for n in range(1000)),
    ],
    ids=["lists", "maps", "pairs", "keys", "dashes", "indentation"],
)
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    begin = time.process_time()
    assert problems_of(text)[-1].code == "too-deep"
    assert time.process_time() - begin < 60  # no speed: only an explosion takes so long


def test_an_alias_bomb_is_refused_before_it_unfolds() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert problems_of("\n".join(lines))[0].code == "too-many-aliases"


def test_aliases_cannot_nest_deeper_than_brackets() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 100)]
    assert problems_of("\n".join(lines))[0].code == "too-many-aliases"


def test_a_file_over_the_cap_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a: 1\n" * 1000)
    with pytest.raises(RulesError) as caught:
        yamlfile.load(path, max_bytes=4999)
    assert caught.value.problems[0].code == "file-too-large"
    with pytest.raises(RulesError):
        yamlfile.load_text("a: 1\n" * 1000, "x", max_bytes=100)


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"a: \x00\x01", "not-text", 0),
        ("a: é\n".encode("utf-16"), "not-utf8", 0),
        (b"a: 1\nb: \xe9\n", "not-utf8", 2),
    ],
)
def test_what_is_not_utf8_text_is_refused_with_its_line(tmp_path: Path, data: bytes, code: str, line: int) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(data)
    with pytest.raises(RulesError) as caught:
        yamlfile.load(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.file) == (code, line, str(path))


def test_a_missing_file_a_folder_a_pipe_and_a_dangling_link_are_unreadable(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "gone")
    for path in (tmp_path / "missing.yaml", tmp_path, tmp_path / "pipe.yaml", tmp_path / "link.yaml"):
        with pytest.raises(RulesError) as caught:
            yamlfile.load(path)
        assert caught.value.problems[0].code == "unreadable-file"


@given(
    st.text(alphabet=st.sampled_from("ab:-[]{}#&*!|>'\"%@`,? \n\t~0é\u2028\ufeff\x85"), max_size=80)
    | st.text(max_size=200)
)
@settings(max_examples=400, deadline=2000)
def test_any_text_loads_or_is_refused_with_places_inside_it(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        root = yamlfile.load_text(text, "x")
    except RulesError as error:
        problems = error.problems
    else:
        assert isinstance(root, Scalar | Items | Fields)
        yamlfile.plain(root)
        yamlfile.written(root)
        return
    assert problems
    lines = yamlfile.source_lines(text.removeprefix("\ufeff"))
    for problem in problems:
        assert problem.mend
        assert 0 <= problem.line <= len(lines) + 1
        assert problem.source == "" or problem.source == lines[problem.line - 1]


@given(
    st.recursive(
        st.text(alphabet="abc: #-*'\"\n0é,[]{}", max_size=12), lambda x: st.lists(x, max_size=4), max_leaves=12
    )
)
@settings(max_examples=150, deadline=2000)
def test_quoted_text_comes_back_as_it_went_in(value: object) -> None:
    def dump(value: object) -> str:
        if isinstance(value, list):
            return "[" + ", ".join(map(dump, value)) + "]"
        text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{text}"'

    assert yamlfile.plain(yamlfile.load_text(dump(value), "x")) == value
