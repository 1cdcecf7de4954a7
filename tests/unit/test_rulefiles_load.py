"""Loading a folder of rules: what the files say becomes what matching is compiled from."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path

import pytest

from riskbot.errors import InputError, RulesError
from riskbot.matching.rules import Example, Term
from riskbot.model import Feed, Level, Outlet
from riskbot.rulefiles.load import Loaded, load_rules
from riskbot.rulefiles.schema import json_schema
from tests.places import ROOT

COMPANIES = """\
companies:
  - name: Alibaba
    aliases: [=BABA Group, 阿里巴巴]
    tickers: [BABA, "9988.HK"]
    not_in: [Ali Baba and the Forty Thieves]
    tags: [china, tech]
  - {name: Tencent Holdings Ltd, id: tencent, tickers: [NO, ON, TRUE, 0700, 1e3], tags: [china]}
  - {name: Gap, exact: true, only_with: [retailer]}
  - {name: Saab, tags: [defence]}
"""
TOPICS = """\
topics:
  - {id: military, weight: 3, terms: [military, =PLA, missile*], not_in: [Salvation Army]}
  - {id: memo, terms: [memo]}
"""
RULES = """\
rules:
  - title: Chinese technology and the military
    companies: ["tag:china"]
    topics: [military]
    tests:
      - fires: {title: Alibaba, text: Alibaba helps the military.}
      - quiet: Alibaba opens a shop.
"""


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name.replace('__', '.')}.yaml").write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, *, packaged: Path | None = None, **files: str) -> Loaded:
    return load_rules(write(folder, **files), packaged)


def codes(folder: Path, packaged: Path | None = None) -> list[str]:
    with pytest.raises(RulesError) as caught:
        load_rules(folder, packaged)
    return [problem.code for problem in caught.value.problems]


def test_companies_topics_and_rules_become_values(tmp_path: Path) -> None:
    loaded = load(tmp_path, companies=COMPANIES, topics=TOPICS, watch=RULES)
    alibaba = loaded.rule_set.company("alibaba")
    assert alibaba.name == "Alibaba"
    assert alibaba.aliases == (
        Term("Alibaba", "phrase", "Alibaba"),
        Term("=BABA Group", "exact", "BABA Group"),
        Term("阿里巴巴", "phrase", "阿里巴巴"),
    )
    assert alibaba.tickers == ("BABA", "9988.HK")
    assert [term.text for term in alibaba.not_in] == ["Ali Baba and the Forty Thieves"]
    memo, military = loaded.rule_set.topics
    assert (memo.id, memo.weight) == ("memo", 1)
    assert (military.weight, [t.kind for t in military.terms]) == (3, ["phrase", "exact", "prefix"])
    (rule,) = loaded.rule_set.rules
    assert rule.id == "chinese-technology-and-the-military"
    assert rule.companies == {"alibaba", "tencent"}
    assert (rule.near, rule.about, rule.level, rule.status) == ("sentence", "subject", Level.MEDIUM, "live")
    assert rule.examples == (
        Example(True, "Alibaba", "Alibaba helps the military.", 6),
        Example(False, "", "Alibaba opens a shop.", 7),
    )
    assert (Path(rule.file).name, rule.line) == ("watch.yaml", 2)
    assert loaded.problems == ()


def test_words_that_yaml_would_turn_into_values_stay_words(tmp_path: Path) -> None:
    rules = RULES.replace(
        "topics: [military]", "topics: [military]\n    channel: 0815\n    owner: yes\n    notes: null and void"
    )
    loaded = load(tmp_path, companies=COMPANIES, topics=TOPICS, watch=rules)
    assert loaded.rule_set.company("tencent").tickers == ("NO", "ON", "TRUE", "0700", "1e3")
    rule = loaded.rule_set.rules[0]
    assert (rule.channel, rule.owner, rule.notes) == ("0815", "yes", "null and void")


def test_an_exact_company_goes_by_its_name_in_that_case_only(tmp_path: Path) -> None:
    loaded = load(tmp_path, companies=COMPANIES, topics=TOPICS, watch=RULES)
    assert loaded.rule_set.company("gap").aliases == (Term("Gap", "exact", "Gap"),)


def test_every_key_of_a_rule_is_read(tmp_path: Path) -> None:
    rules = """\
rules:
  - id: r1
    title: All keys
    companies: [everyone]
    except: ["TAG:Defence", gap]
    topics: [Military]
    and_topics: [memo]
    not_topics: []
    near: 12
    about: mention
    level: critical
    channel: geo
    status: trial
    owner: desk
    notes: why
    tests: []
"""
    loaded = load(tmp_path, companies=COMPANIES, topics=TOPICS, watch=rules)
    (rule,) = loaded.rule_set.rules
    assert rule.companies == {"alibaba", "tencent"}
    assert (rule.id, rule.topics, rule.and_topics, rule.near) == ("r1", ("military",), ("memo",), 12)
    assert (rule.about, rule.level, rule.channel, rule.status) == ("mention", Level.CRITICAL, "geo", "trial")
    assert [problem.code for problem in loaded.problems] == ["no-tests"]


@pytest.mark.parametrize("word", ["alibaba", "ALIBABA", "baba group", "阿里巴巴", "BABA", "9988.hk", "tag:tech"])
def test_a_rule_names_a_company_by_id_name_alias_ticker_or_tag(tmp_path: Path, word: str) -> None:
    rules = RULES.replace('"tag:china"', f'"{word}"')
    assert load(tmp_path, companies=COMPANIES, topics=TOPICS, watch=rules).rule_set.rules[0].companies == {"alibaba"}


def test_a_name_goes_before_an_alias_of_the_same_words(tmp_path: Path) -> None:
    companies = "companies:\n  - {name: Orion Steel, aliases: [Orion Foods]}\n  - {name: Orion Foods, id: food}\n"
    rules = RULES.replace('"tag:china"', "Orion Foods")
    assert load(tmp_path, companies=companies, topics=TOPICS, watch=rules).rule_set.rules[0].companies == {"food"}


def test_feeds_and_outlets_become_values(tmp_path: Path) -> None:
    feeds = """\
feeds:
  - {name: front, url: "https://example.com/rss", outlet: CNBC, every: 5m, full_text: true, tags: [us]}
  - {name: plain, url: "http://[::1]:8080/rss", allow_private: true, kind: wire}
outlets:
  - {name: CNBC, aliases: [=CNBC TV], domains: [CNBC.com], kind: broadcaster, tier: 1, family: Versant}
"""
    loaded = load(tmp_path, companies=COMPANIES, topics=TOPICS, watch=RULES, feeds=feeds)
    front, plain = loaded.feeds
    url = "https://example.com/rss"
    assert front == Feed("front", url, "CNBC", every=timedelta(minutes=5), full_text=True, tags=("us",))
    assert (plain.allow_private, plain.every, plain.kind) == (True, None, "wire")
    assert loaded.outlets == (Outlet("CNBC", ("=CNBC TV",), ("cnbc.com",), "broadcaster", 1, "Versant"),)


# ── short forms ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_short_form_is_added_and_listed(tmp_path: Path) -> None:
    loaded = load(tmp_path, companies=COMPANIES, topics=TOPICS, watch=RULES)
    assert dict(loaded.derived) == {"tencent": ("=Tencent Holdings",)}
    assert Term.parse("=Tencent Holdings") in loaded.rule_set.company("tencent").aliases


def test_a_short_form_that_another_company_goes_by_is_not_derived(tmp_path: Path) -> None:
    companies = (
        COMPANIES
        + "  - {name: Tencent Holdings Inc}\n  - {name: Acme Steel Ltd}\n  - {name: Acme, aliases: [Acme Steel]}\n"
    )
    assert dict(load(tmp_path, companies=companies, topics=TOPICS, watch=RULES).derived) == {}


# ── shipped lists, additions, CSV ────────────────────────────────────────────────────────────────────────────────


def test_a_shipped_list_is_used_by_name_and_extended(tmp_path: Path) -> None:
    packaged = write(tmp_path / "shipped", companies=COMPANIES, topics=TOPICS)
    mine = (
        "use: [riskbot/companies, riskbot/topics]\nextend:\n  - {id: alibaba, aliases: [Lazada], tags: [mine]}\n"
        + RULES
    )
    loaded = load(tmp_path / "rules", packaged=packaged, mine=mine)
    alibaba = loaded.rule_set.company("alibaba")
    assert alibaba.aliases[-1] == Term.parse("Lazada")
    assert alibaba.tags == ("china", "tech", "mine")
    assert [path.name for path in loaded.files] == ["mine.yaml", "companies.yaml", "topics.yaml"]


def test_a_shipped_list_is_read_once_however_often_it_is_used(tmp_path: Path) -> None:
    packaged = write(tmp_path / "shipped", companies="use: riskbot/companies\n" + COMPANIES, topics=TOPICS)
    use = "use: [riskbot/companies, riskbot/companies, riskbot/topics]\n"
    assert len(load(tmp_path / "rules", packaged=packaged, a=use + RULES, b=use).files) == 4
    assert len(load_rules(write(packaged, watch=use + RULES), packaged).files) == 3


def test_a_shipped_list_is_never_a_path(tmp_path: Path) -> None:
    packaged = write(tmp_path / "shipped", companies=COMPANIES)
    write(tmp_path, secret=TOPICS)
    write(tmp_path / "rules", a="use: [riskbot/../../secret, ../secret, companies]\n")
    assert codes(tmp_path / "rules", packaged) == ["unknown-list"] * 3


def test_companies_come_from_csv_too(tmp_path: Path) -> None:
    write(tmp_path, list="companies_from: suppliers.csv\n", topics=TOPICS, watch=RULES)
    head = "\ufeffid,name,aliases,tickers,tags\r\n"
    rows = head + ',"Foo, Bar Steel Co., Ltd.",Foobar|=FBS,FBS|0700,china\r\n\r\nx1,Übel,,,\r\n'
    (tmp_path / "suppliers.csv").write_bytes(rows.encode())
    loaded = load_rules(tmp_path)
    foo = loaded.rule_set.company("foo-bar-steel-co-ltd")
    assert [term.written for term in foo.aliases] == ["Foo, Bar Steel Co., Ltd.", "Foobar", "=FBS", "=Foo, Bar Steel"]
    assert (foo.tickers, foo.tags) == (("FBS", "0700"), ("china",))
    assert loaded.rule_set.company("x1").name == "Übel"
    assert loaded.rule_set.rules[0].companies == {foo.id}
    assert tmp_path / "suppliers.csv" in loaded.files


def test_a_csv_may_lie_below_the_folder_but_a_link_out_of_it_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "rules", topics=TOPICS, watch=RULES, list="companies_from: [lists/a.csv, out.csv]\n")
    (folder / "lists").mkdir()
    (folder / "lists" / "a.csv").write_text("name,tags\nAcme Works,china\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("name\nSecret Works\n", encoding="utf-8")
    (folder / "out.csv").symlink_to(tmp_path / "b.csv")
    assert codes(folder) == ["outside-folder"]
    write(folder, list="companies_from: lists/a.csv\n")
    assert load_rules(folder).rule_set.company("acme-works").tags == ("china",)


# ── folders and files ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_folder_an_empty_one_and_a_file_are_named_with_a_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("rules: []")
    (tmp_path / "empty").mkdir()
    for name in ("missing", "empty", "file"):
        with pytest.raises(InputError, match=name) as caught:
            load_rules(tmp_path / name)
        assert "riskbot init" in caught.value.mend


def test_a_folder_without_a_rule_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, companies=COMPANIES, topics=TOPICS)
    assert codes(tmp_path) == ["no-rules"]


def test_folders_are_read_in_depth_and_hidden_ones_are_not(tmp_path: Path) -> None:
    write(tmp_path, companies=COMPANIES)
    write(tmp_path / "more", topics=TOPICS, watch=RULES)
    write(tmp_path / ".git", broken="[")
    (tmp_path / ".hidden.yaml").write_text("[")
    (tmp_path / "notes.txt").write_text("[")
    assert [path.name for path in load_rules(tmp_path).files] == ["companies.yaml", "topics.yaml", "watch.yaml"]


def test_all_errors_of_all_files_are_told_in_the_order_of_the_files(tmp_path: Path) -> None:
    write(tmp_path, companies=COMPANIES, topics=TOPICS, b="topics: [\n")
    write(
        tmp_path, a="companies: [{nam: x}]\nfeeds: [{name: f, url: x}]\n", watch=RULES.replace("military]", "militry]")
    )
    with pytest.raises(RulesError) as caught:
        load_rules(tmp_path)
    found = [(Path(p.file).name, p.code) for p in caught.value.problems]
    assert found == [
        ("a.yaml", "unknown-key"),
        ("a.yaml", "bad-url"),
        ("b.yaml", "yaml"),
        ("watch.yaml", "unknown-topic"),
    ]
    assert "a.yaml:1:14" in str(caught.value)


def test_what_a_broken_file_would_have_defined_is_not_told_as_unknown(tmp_path: Path) -> None:
    write(tmp_path, companies="companies: [", topics=TOPICS, watch=RULES)
    assert codes(tmp_path) == ["yaml"]


def test_an_entry_with_a_mistake_does_not_hide_the_next_ones_place(tmp_path: Path) -> None:
    topics = TOPICS + "  - {id: bad}\n  - {id: memo, terms: [note]}\n"
    write(tmp_path, companies=COMPANIES, topics=topics, watch=RULES)
    with pytest.raises(RulesError) as caught:
        load_rules(tmp_path)
    assert [(p.line, p.code) for p in caught.value.problems] == [(4, "missing-key"), (5, "duplicate-id")]


# ── the hash ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_order_and_split_of_files_and_comments_change_neither_hash_nor_rules(tmp_path: Path) -> None:
    first = load(tmp_path / "a", companies=COMPANIES, topics=TOPICS, watch=RULES)
    again = load(
        tmp_path / "b", z=COMPANIES.replace("tags: [china, tech]", "tags: [tech, china]  # why"), a=RULES + TOPICS
    )
    assert again.rule_set.hash == first.rule_set.hash
    assert again.hash == first.hash
    assert [c.id for c in again.rule_set.companies] == [c.id for c in first.rule_set.companies]
    head, *entries = TOPICS.splitlines(keepends=True)
    random.Random(7).shuffle(entries)
    shuffled = load(tmp_path / "c", companies=COMPANIES, topics=head + "".join(reversed(entries)), watch=RULES)
    assert shuffled.rule_set.hash == first.rule_set.hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weight: 3", "weight: 4"),
        ("=PLA", "PLA"),
        ("exact: true", "exact: false"),
        ("Salvation Army", "Red Army"),
        ("retailer", "shop"),
        ("BABA,", "BABB,"),
        ('companies: ["tag:china"]', "companies: [everyone]"),
        ("opens a shop", "opens a bank"),
        ("topics: [military]\n", "topics: [memo]\n"),
    ],
)
def test_every_change_that_matters_changes_the_hash(tmp_path: Path, old: str, new: str) -> None:
    text = COMPANIES + TOPICS + RULES
    assert old in text
    before = load(tmp_path / "a", all=text)
    assert load(tmp_path / "b", all=text.replace(old, new)).rule_set.hash != before.rule_set.hash


def test_a_feed_changes_the_whole_hash_but_not_that_of_the_rules(tmp_path: Path) -> None:
    before = load(tmp_path / "a", all=COMPANIES + TOPICS + RULES)
    after = load(tmp_path / "b", all=COMPANIES + TOPICS + RULES + 'feeds: [{name: f, url: "http://a.b/"}]\n')
    assert after.rule_set.hash == before.rule_set.hash
    assert after.hash != before.hash


def test_the_schema_beside_the_shipped_rules_is_the_one_the_program_makes() -> None:
    kept = json.loads((ROOT / "rules" / "rules.schema.json").read_text(encoding="utf-8"))
    assert kept == json_schema(), "write it anew: riskbot rules schema > rules/rules.schema.json"
