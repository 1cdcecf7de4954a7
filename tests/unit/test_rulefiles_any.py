"""Whatever stands in rule files, loading ends soon: with rules, or with problems that have a place and a mend."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.errors import Problem, RulesError
from riskbot.rulefiles.load import load_rules
from riskbot.rulefiles.report import report
from riskbot.rulefiles.schema import json_schema
from riskbot.yamlfile import source_lines

SHIPPED = Path(__file__).parents[2] / "rules"
GOOD = """\
use: []
extend: [{id: alibaba, aliases: [Lazada]}]
companies:
  - {name: Alibaba, aliases: [=BABA, "Ali*"], tickers: [BABA], tags: [china], exact: false}
companies_from: list.csv
topics:
  - {id: military, weight: 3, terms: [military, missile*], not_in: [Salvation Army]}
rules:
  - title: Alibaba and the military
    companies: [Alibaba, "tag:china", everyone]
    except: []
    topics: [military]
    near: 5
    level: high
    tests:
      - fires: {title: a, text: b}
      - quiet: c
feeds: [{name: f, url: "https://example.com/", every: 5m, tags: [us]}]
outlets: [{name: CNBC, tier: 1, domains: [cnbc.com]}]
"""
CSV = 'id,name,aliases,tickers,tags\n,"Foo, Ltd",F1|F2,FO,china\n'
SIGNS = [*"-#*&!=|>~[]{}'\"1é导\n\t\x00\u202e", "", ": ", "**", "=*", "&a ", "<<: *a", "null", "true", "9" * 30]
WORDS = ["everyone", "tag:", "companies:", "rules:", "tests:", "id: x"]
PIECES = st.sampled_from([*SIGNS, *WORDS])


def outcome(text: str, csv: str = CSV) -> tuple[Problem, ...]:
    """The problems of a folder with that text in it; anything but a RulesError passes through and fails the test."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "a.yaml").write_text(text, encoding="utf-8", newline="")
        (folder / "list.csv").write_text(csv, encoding="utf-8", newline="")
        try:
            return load_rules(folder).problems
        except RulesError as error:
            assert any(problem.severity == "error" for problem in error.problems)  # noqa: PT017  (both ways are right)
            return error.problems


def check(problems: tuple[Problem, ...], **texts: str) -> None:
    lines = {f"{name.replace('_', '.')}": source_lines(text) for name, text in texts.items()}
    for problem in problems:
        assert problem.message
        assert problem.mend
        assert len(problem.message) < 400
        if problem.source and Path(problem.file).suffix == ".yaml":
            assert problem.source == lines["a.yaml"][problem.line - 1]
    assert report(problems)


def test_the_text_that_is_spoilt_below_is_good() -> None:
    assert outcome(GOOD) == ()


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=3000)
def test_any_text_at_all(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    check(outcome(text), a_yaml=text.removeprefix("\ufeff"))


@given(st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), PIECES), min_size=1, max_size=3))
@settings(max_examples=60, deadline=3000)
def test_a_good_file_spoilt_in_any_place(cuts: list[tuple[int, int, str]]) -> None:
    text = GOOD
    for at, length, piece in cuts:
        text = text[:at] + piece + text[at + length :]
    check(outcome(text), a_yaml=text)


VALUES = st.recursive(
    st.sampled_from(["x", "1", "-1", "true", "~", "''", "0.5", "tag:x", "5m", "=A", "'*'", "99999999999999999999"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(["id", "name", "title", "terms", "companies", "fires", "text", "x", "url", "every"]),
            inner,
            max_size=3,
        ).map(lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}")
    ),
    max_leaves=8,
)
SECTIONS = st.sampled_from(
    ["use", "extend", "companies", "companies_from", "topics", "rules", "feeds", "outlets", "claims", "x"]
)


@given(st.dictionaries(SECTIONS, VALUES, min_size=1, max_size=4))
@settings(max_examples=80, deadline=3000)
def test_any_values_under_any_section(sections: dict[str, str]) -> None:
    text = "".join(f"{name}: {value}\n" for name, value in sections.items())
    check(outcome(text), a_yaml=text)


@given(st.text(alphabet='id,name\n|"=*x\r\t é', max_size=120) | st.text(max_size=120))
@settings(max_examples=50, deadline=3000)
def test_any_csv(csv: str) -> None:
    csv = csv.encode("utf-8", "replace").decode()
    check(outcome(GOOD, csv), a_yaml=GOOD)
    check(outcome(GOOD, f"name\n{csv}"), a_yaml=GOOD)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "topics:\n  - {id: t, terms: [" + ", ".join(f"term {n}" for n in range(50_000)) + "]}\n",
        "rules:\n" + "".join(f"  - {{title: r{n}, companies: [c{n}], topics: [t{n}]}}\n" for n in range(10_000)),
        "rules:\n" + "".join(f"  - {{titel: r{n}}}\n" for n in range(10_000)),
        "extend:\n" + "".join(f"  - {{id: c{n}}}\n" for n in range(10_000)),
        "companies:\n" + "  - {name: Same}\n" * 10_000,
        "".join(f"k{n}: 1\n" for n in range(30_000)),
        "a: 1\n" * 50_000,
        "companies:\n  - {name: " + "a" * 1_000_000 + "}\n",
        "rules:\n  - {title: t, companies: [" + "a" * 1_000_000 + "], topics: [b]}\n",
    ],
    ids=["terms", "references", "keys", "extend", "same", "sections", "duplicates", "name", "reference"],
)
def test_large_and_wrong_files_take_seconds(text: str) -> None:
    begin = time.process_time()
    outcome(text)
    assert time.process_time() - begin < 120  # no speed: only an explosion takes so long


@pytest.mark.slow
def test_a_hundred_thousand_companies_come_from_csv_in_seconds(tmp_path: Path) -> None:
    rows = (f"c{n},Supplier Number {n} Holdings Ltd,Alias {n}|Second {n},T{n},china|tech\n" for n in range(100_000))
    (tmp_path / "list.csv").write_text("id,name,aliases,tickers,tags\n" + "".join(rows), encoding="utf-8")
    rules = "rules:\n  - {title: All, companies: [everyone], topics: [military], tests: [{quiet: x}]}\n"
    topics = "topics:\n  - {id: military, terms: [military]}\n"
    (tmp_path / "a.yaml").write_text("companies_from: list.csv\n" + topics + rules, encoding="utf-8")
    begin = time.process_time()
    loaded = load_rules(tmp_path)
    assert time.process_time() - begin < 120  # no speed: only an explosion takes so long
    assert len(loaded.rule_set.companies) == len(loaded.rule_set.rules[0].companies) == 100_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_000_000


def test_the_shipped_rules_load_without_errors_or_warnings() -> None:
    loaded = load_rules(SHIPPED, SHIPPED)
    assert [str(problem) for problem in loaded.problems if problem.severity != "note"] == []
    assert len(loaded.rule_set.companies) >= 30
    assert loaded.rule_set.rules


def test_the_schema_for_editors_names_every_section_and_refuses_others() -> None:
    schema = json_schema()
    sections = [
        "use",
        "extend",
        "companies",
        "companies_from",
        "topics",
        "rules",
        "feeds",
        "outlets",
        "channels",
        "routes",
        "claims",
    ]
    assert list(schema["properties"]) == sections
    assert schema["additionalProperties"] is False
    rule = schema["$defs"]["RuleEntry"]
    assert "except" in rule["properties"]
    assert rule["required"] == ["title", "companies"]
