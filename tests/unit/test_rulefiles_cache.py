"""The cache of compiled rules: the same rules sooner, and never anything else."""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
from pathlib import Path

import pytest

from riskbot.errors import InputError, RulesError
from riskbot.rulefiles.cache import MOST_ENTRIES, WORTH_KEEPING, load_ready
from riskbot.rulefiles.load import Loaded
from tests.builders import article

RULES = """
companies_from: suppliers.csv
topics:
  - id: military
    terms: [military, missile*, =PLA]
feeds:
  - {name: example, url: "https://example.com/rss", every: 5m}
rules:
  - {title: Suppliers and the military, companies: [everyone], topics: [military]}
"""
SOME = 100  # companies; from so many on these tests keep entries
NEWS = article(title="Acme 77 helps the military", text="It sells missiles to the PLA.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    rows = (f"c{n},Acme {n},Acme Works {n}|=Acmé {n},ACM{n},steel" for n in range(SOME))
    (folder / "suppliers.csv").write_text("\n".join(["id,name,aliases,tickers,tags", *rows]))
    (folder / "watch.yaml").write_text(RULES)
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cache"


def ready(folder: Path, cache: Path | None) -> Loaded:
    loaded = load_ready(folder, None, cache, worth_keeping=SOME)
    assert loaded.matcher is not None
    assert [hit.company for hit in loaded.matcher.match(NEWS)] == ["c77"]
    return loaded


def entry(cache: Path) -> Path:
    (found,) = cache.iterdir()
    return found


def is_read(folder: Path, cache: Path) -> bool:
    """Whether an entry counts: what is read from one is not written again."""
    before = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    for path in before:
        os.utime(path, ns=(1, 1))
    ready(folder, cache)
    return all(path.stat().st_mtime_ns == 1 for path in cache.iterdir()) and set(before) == set(cache.iterdir())


def test_what_comes_from_the_cache_is_what_was_loaded(folder: Path, cache: Path) -> None:
    first, again, without = ready(folder, cache), ready(folder, cache), ready(folder, None)
    assert is_read(folder, cache)
    assert first == again == without
    assert again.hash == without.hash
    assert again.feeds[0].every == without.feeds[0].every
    assert again.matcher
    assert without.matcher
    assert again.matcher.match(NEWS) == without.matcher.match(NEWS)
    assert again.matcher.switched_off == {}


def test_an_entry_belongs_to_the_user_alone(folder: Path, cache: Path) -> None:
    ready(folder, cache)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert entry(cache).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["watch.yaml", "suppliers.csv"])
def test_an_edit_of_any_file_makes_the_entry_worthless(folder: Path, cache: Path, name: str) -> None:
    old = ready(folder, cache)
    path = folder / name
    path.write_text(path.read_text().replace("Acme 77,", "Acme 77 Steel,").replace("missile*", "missiles"))
    new = ready(folder, cache) if name == "watch.yaml" else load_ready(folder, None, cache, worth_keeping=SOME)
    assert new.rule_set.hash != old.rule_set.hash
    assert new == load_ready(folder, None, None)


def test_a_new_file_makes_the_entry_worthless(folder: Path, cache: Path) -> None:
    ready(folder, cache)
    (folder / "more.yaml").write_text("companies:\n  - name: Initech\n")
    assert any(
        company.id == "initech" for company in load_ready(folder, None, cache, worth_keeping=SOME).rule_set.companies
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body[: len(body) // 2],
        lambda body: b"",
        lambda body: b"nonsense",
        lambda body: body[:-9] + b"x" + body[-8:],
        lambda body: b"0" * 64 + body[64:],
        lambda body: hashlib.sha256(b"{}\n\x80\x05N.").hexdigest().encode() + b"\n{}\n\x80\x05N.",
    ],
    ids=["torn", "empty", "nonsense", "one byte", "no digest", "something else"],
)
def test_a_broken_entry_is_no_entry_and_is_replaced(folder: Path, cache: Path, spoil: object) -> None:
    ready(folder, cache)
    path = entry(cache)
    assert callable(spoil)
    path.write_bytes(spoil(path.read_bytes()))
    assert not is_read(folder, cache)
    assert is_read(folder, cache)


def test_an_entry_that_would_run_something_is_not_run(folder: Path, cache: Path, tmp_path: Path) -> None:
    ready(folder, cache)
    trap = tmp_path / "trap"

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(trap),)

    body = b"{}\n" + pickle.dumps(Evil())
    entry(cache).write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    ready(folder, cache)
    assert not trap.exists()


def put_another(cache: Path, tmp_path: Path) -> Path:
    """In the entry's place a sound one of other rules: whoever reads it is found out."""
    other, place = tmp_path / "other", tmp_path / "other-cache"
    other.mkdir()
    (other / "watch.yaml").write_text(RULES.replace("companies_from: suppliers.csv", "companies: [{name: Nobody}]"))
    load_ready(other, None, place, worth_keeping=1)
    path = entry(cache)
    path.write_bytes(entry(place).read_bytes())
    return path


def test_only_who_may_write_there_is_believed(folder: Path, cache: Path, tmp_path: Path) -> None:
    ready(folder, cache)
    put_another(cache, tmp_path)
    believed = load_ready(folder, None, cache, worth_keeping=SOME)
    assert [company.id for company in believed.rule_set.companies] == ["nobody"], "or the next tests prove nothing"


def test_an_entry_that_others_may_write_to_is_not_believed(folder: Path, cache: Path, tmp_path: Path) -> None:
    ready(folder, cache)
    put_another(cache, tmp_path).chmod(0o666)
    ready(folder, cache)
    assert entry(cache).stat().st_mode & 0o077 == 0, "it is written anew"


def test_a_folder_that_others_may_write_to_is_not_used(folder: Path, cache: Path, tmp_path: Path) -> None:
    ready(folder, cache)
    before = put_another(cache, tmp_path).read_bytes()
    cache.chmod(0o777)
    ready(folder, cache)
    assert entry(cache).read_bytes() == before


def test_a_link_is_not_followed(folder: Path, cache: Path, tmp_path: Path) -> None:
    ready(folder, cache)
    path = put_another(cache, tmp_path)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    ready(folder, cache)
    assert not path.is_symlink()


def test_no_room_for_a_cache_is_no_error(folder: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    ready(folder, in_the_way / "cache")
    ready(folder, in_the_way)
    assert in_the_way.read_text() == ""


def test_old_entries_go(folder: Path, cache: Path) -> None:
    for n in range(MOST_ENTRIES + 2):
        (folder / "more.yaml").write_text(f"companies:\n  - name: Initech {n}\n")
        ready(folder, cache)
    assert len(list(cache.iterdir())) == MOST_ENTRIES


def test_few_rules_are_not_kept(folder: Path, cache: Path) -> None:
    assert len(load_ready(folder, None, cache).rule_set.companies) < WORTH_KEEPING
    assert not cache.exists()


def test_errors_are_those_of_loading_and_are_never_kept(folder: Path, cache: Path, tmp_path: Path) -> None:
    (folder / "watch.yaml").write_text(RULES.replace("[military]}", "[militry]}"))
    for _ in range(2):
        with pytest.raises(RulesError, match="militry"):
            load_ready(folder, None, cache, worth_keeping=SOME)
    assert not cache.exists()
    with pytest.raises(InputError, match="there is no rules folder"):
        load_ready(tmp_path / "nowhere", None, cache)
    assert gc.isenabled()
