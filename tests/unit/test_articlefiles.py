"""Articles from files: what is read, what stays unknown, and what is refused in one sentence."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from riskbot.articlefiles import read
from riskbot.errors import ArticleFileError
from riskbot.model import Article
from riskbot.text.furniture import find
from riskbot.text.normalise import clean

SEEDS = Path(__file__).parents[2] / "seeds"
ORIGINALS = Path(__file__).parents[3] / "shared" / "seeds"

PROSE = "The regulator said on Tuesday that the shipyard had delivered two vessels to the navy without a licence."


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def one(folder: Path, text: str, name: str = "a.md") -> Article:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (article,) = read(path)
    return article


def refusal(path: Path) -> ArticleFileError:
    with pytest.raises(ArticleFileError) as caught:
        read(path)
    assert caught.value.mend
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)
    return caught.value


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_front_matter_says_what_an_article_is(tmp_path: Path) -> None:
    article = one(
        tmp_path,
        "---\ntitle: 'Yard: navy''s friend'\nurl: HTTPS://Example.com/a?utm_source=x\noutlet: Harbour Times\n"
        f"published: 2025-11-16T23:08:17-05:00\n---\n\n{PROSE}\n",
    )
    assert article.title == "Yard: navy's friend"
    assert article.url == article.id == article.entry_id == "https://example.com/a"
    assert article.outlet == "Harbour Times"
    assert article.published == utc(2025, 11, 17, 4, 8, 17)
    assert article.text == PROSE
    assert article.fingerprint
    assert (article.feed, article.seen) == (None, None)


@pytest.mark.parametrize(
    ("written", "moment"),
    [("2025-11-17", utc(2025, 11, 17)), ("2025-11-17T10:00:00", utc(2025, 11, 17, 10)), ("", None)],
)
def test_a_date_alone_is_midnight_and_a_time_without_zone_is_utc(
    tmp_path: Path, written: str, moment: datetime | None
) -> None:
    assert one(tmp_path, f"---\ntitle: Yard\npublished: {written}\n---\n{PROSE}").published == moment


def test_a_title_that_looks_like_a_number_is_text(tmp_path: Path) -> None:
    assert one(tmp_path, f"---\ntitle: 1984\n---\n{PROSE}").title == "1984"


def test_the_title_falls_back_to_the_first_heading(tmp_path: Path) -> None:
    article = one(tmp_path, f"---\noutlet: Harbour Times\n---\n\n# Yard helps navy #\n\n{PROSE}\n\n# Later\n")
    assert article.title == "Yard helps navy"
    assert article.text == f"{PROSE}\n\n# Later"


def test_without_front_matter_and_heading_it_is_read_as_plain_text(tmp_path: Path) -> None:
    article = one(tmp_path, f"Yard Helps the Navy\n\n{PROSE}")
    assert (article.title, article.text, article.outlet, article.url) == ("Yard Helps the Navy", PROSE, None, None)


def test_an_article_may_have_a_title_alone(tmp_path: Path) -> None:
    article = one(tmp_path, "---\ntitle: Yard helps navy\n---\n")
    assert (article.title, article.text) == ("Yard helps navy", "")


def test_empty_front_matter_says_nothing(tmp_path: Path) -> None:
    article = one(tmp_path, f"---\n\n# nothing yet\n---\n# Yard helps navy\n{PROSE}")
    assert (article.title, article.outlet, article.published) == ("Yard helps navy", None, None)


def test_windows_line_ends_and_a_byte_order_mark_are_nothing_special(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(f"\ufeff---\r\ntitle: Yard\r\n---\r\n{PROSE}\r\n".encode())
    (article,) = read(tmp_path)
    assert (article.title, article.text) == ("Yard", PROSE)


@pytest.mark.parametrize(
    ("front", "place", "says", "mend"),
    [
        ("titel: Yard", "a.md:2:1", "'titel'", "did you mean title?"),
        ("title: Yard\nfoo: 1", "a.md:3:1", "'foo'", "title, url, outlet, published"),
        ("title: Yard\npublished: yesterday", "a.md:3:12", "'yesterday'", "2025-11-17"),
        ("title: Yard\nurl: ftp://example.com", "a.md:3:6", "'ftp://example.com'", "https://"),
        ("title: [Yard]", "a.md:2:8", "title", "quotes"),
        ("- title", "a.md:2:1", "keys and values", "title: …"),
        ("title: 'Yard", "a.md:", "", ""),
        ("title: Yard\ntitle: Navy", "a.md:3:1", "title", ""),
    ],
)
def test_broken_front_matter_is_refused_with_its_place(
    tmp_path: Path, front: str, place: str, says: str, mend: str
) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\n{front}\n---\n{PROSE}", encoding="utf-8")
    error = refusal(path)
    assert place in str(error)
    assert says in str(error)
    assert mend in error.mend


def test_front_matter_that_never_ends_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\ntitle: Yard\n{PROSE}", encoding="utf-8")
    error = refusal(path)
    assert "a.md:1:1" in str(error)
    assert "---" in error.mend


# ── plain text ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_title_line_is_taken_out_of_the_text_once(tmp_path: Path) -> None:
    article = one(tmp_path, f"Yard Helps the Navy\n\nYard Helps the Navy\n\n{PROSE}", "a.txt")
    assert article.title == "Yard Helps the Navy"
    assert article.text == f"Yard Helps the Navy\n\n{PROSE}"


def test_a_source_line_gives_neither_address_nor_outlet(tmp_path: Path) -> None:
    article = one(tmp_path, f"Yard Helps the Navy\n{PROSE}\nSource: https://example.com/2025/11/17/a.html", "a.txt")
    assert (article.url, article.outlet) == (None, None)
    assert article.published == utc(2025, 11, 17)
    assert article.id.startswith("urn:sha256:")
    assert len(article.id) == len("urn:sha256:") + 32


def test_reading_again_gives_the_same_article_and_other_words_another_id(tmp_path: Path) -> None:
    first = one(tmp_path, f"Yard Helps the Navy\n{PROSE}", "a.txt")
    assert one(tmp_path, f"Yard Helps the Navy\r\n  {PROSE}  \n\n\n", "b.txt") == first
    assert one(tmp_path, f"Yard Helps the Navy\n{PROSE} It denied.", "c.txt").id != first.id


def test_a_sentence_that_serves_as_title_stays_in_the_text(tmp_path: Path) -> None:
    article = one(tmp_path, f"What's Happening?\n{PROSE}", "a.txt")
    assert article.title == PROSE.removesuffix(".")
    assert PROSE in article.text


# ── folders and files ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "C.TXT", ".hidden.md", "README.md", "notes.json"):
        (tmp_path / name).write_text(f"Yard {name} Helps Navy\n{PROSE}", encoding="utf-8")
    (tmp_path / "folder.md").mkdir()
    assert [article.title.split()[1] for article in read(tmp_path)] == ["C.TXT", "a.md", "b.txt"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", b"", "empty"),
        ("a.md", b" \n\n", "empty"),
        ("a.txt", b"-- ...\n", "no words"),
        ("a.txt", b"PK\x03\x04\0\0", "binary"),
        ("a.txt", "Zürich".encode("latin-1"), "UTF-8"),
        ("a.txt", "Zürich".encode("utf-16"), "UTF-16"),
        ("a.txt", b"x" * 5_000_001, "5 MB"),
        ("a.html", b"<p>Yard</p>", ".html"),
        ("article", b"Yard", "without an ending"),
    ],
)
def test_a_file_that_is_no_article_is_refused(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert says in str(refusal(path))


def test_a_byte_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\ntwo \xff\n")
    assert "a.txt:2" in str(refusal(path))


def test_one_bad_file_refuses_its_folder_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PROSE, encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"\0")
    with pytest.raises(ArticleFileError, match=r"b\.txt"):
        read(tmp_path)


def test_nothing_there_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    assert "no file or folder" in str(refusal(tmp_path / "missing"))
    assert "no articles" in str(refusal(tmp_path))


def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    os.mkfifo(path)
    assert "ordinary file" in str(refusal(path))


def test_a_path_that_the_system_refuses_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ArticleFileError, match="cannot be read: file name too long"):
        read(tmp_path / ("x" * 300 + ".md"))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file whose bytes cannot be read")
def test_a_file_whose_bytes_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.symlink_to("/proc/self/mem")
    assert "cannot be read" in str(refusal(path))


# ── the seeds ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_seeds_are_five_articles_and_two_outlets() -> None:
    articles = read(SEEDS)
    assert [article.outlet for article in articles] == ["MEXC", "CNBC", None, None, None]
    assert [article.published for article in articles] == [
        utc(2025, 11, 17), utc(2025, 11, 17, 4, 8, 17), None, None, None,
    ]  # fmt: skip
    assert len({article.id for article in articles}) == len(articles)
    assert all(article.text == clean(article.text) for article in articles)


@pytest.mark.skipif(not ORIGINALS.is_dir(), reason="the original articles are not beside the repository")
def test_the_originals_get_their_titles_and_dates_from_their_texts() -> None:
    articles = read(ORIGINALS)
    assert [(article.url, article.outlet) for article in articles] == [(None, None)] * 5
    assert [article.published for article in articles] == [
        utc(2025, 11, 17), utc(2025, 11, 17, 4, 8, 17), None, None, None,
    ]  # fmt: skip
    for article in articles:
        assert "Alibaba" in article.title
        assert "emo" in article.title
        assert len(article.title) <= 200
    titles = [article.title for article in articles]
    assert titles[0] == "Alibaba is helping Chinese military to target U.S., White House memo claims: FT"
    assert titles[1] == "Alibaba is helping Chinese military target the U.S., White House memo claims: FT"
    assert "Chinese military" in titles[2]
    assert titles[3].startswith("Alibaba Shares Drop 4.7%")
    assert "People's Liberation Army" in titles[4]
    assert titles[0] not in articles[0].text.split("\n")
    assert [any(item.kind == "repeat" for item in find(article.text)) for article in articles] == [True] + [False] * 4
