"""Which files are articles, and their bytes made text.

What always holds: files are read in the order of their names; nothing larger than `MAX_BYTES` is taken into memory;
every error names its file and how to mend it. Hidden files, folders in the folder, READMEs and files that are neither
Markdown nor plain text are passed over when a folder is read; a file that is named outright is read or refused.
"""

from __future__ import annotations

from pathlib import Path

from riskbot.articlefiles import markdown, plain
from riskbot.errors import ArticleFileError
from riskbot.model import Article

MAX_BYTES = 5_000_000  # of one file

_READERS = {".md": markdown.article, ".markdown": markdown.article, ".txt": plain.article}


def read(path: Path) -> list[Article]:
    """The articles of a folder, in the order of its file names, or the one article of a file.

    Raises ArticleFileError: nothing there, no article in the folder, or a file that is no article.
    """
    try:
        if not path.exists():
            raise ArticleFileError(f"there is no file or folder {path}", "check the path")
        files = _in_folder(path) if path.is_dir() else [path]
    except OSError as error:
        raise ArticleFileError(f"{path} cannot be read: {_why(error)}", "check its name and permissions") from error
    return [_read(file) for file in files]


def _in_folder(folder: Path) -> list[Path]:
    files = [
        file
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.suffix.lower() in _READERS and not file.name.startswith(".") and file.stem.lower() != "readme"
        if file.is_file()
    ]
    if not files:
        raise ArticleFileError(f"the folder {folder} holds no articles", "put .md or .txt files into it")
    return files


def _read(file: Path) -> Article:
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        kind = f"a {file.suffix} file" if file.suffix else "a file without an ending"
        raise ArticleFileError(
            f"{file} is {kind}, not an article", "name it .md (Markdown with front matter) or .txt (plain text)"
        )
    return reader(_text(file), str(file))


def _text(file: Path) -> str:
    try:
        if not file.is_file():  # a pipe or a device would keep us waiting
            raise ArticleFileError(f"{file} is not an ordinary file", "name an ordinary file or a folder")
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ArticleFileError(f"{file} cannot be read: {_why(error)}", "check its permissions") from error
    if len(data) > MAX_BYTES:
        raise ArticleFileError(f"{file} is larger than {MAX_BYTES // 1_000_000} MB", "give each article its own file")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ArticleFileError(f"{file} is UTF-16, not UTF-8", "save it as UTF-8")
    if b"\0" in data:
        raise ArticleFileError(f"{file} is a binary file, not text", "save the article as plain text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ArticleFileError(f"{file}:{line} is not UTF-8", "save it as UTF-8") from error
    if not text.strip():
        raise ArticleFileError(f"{file} is empty", "write the article into it, or remove it")
    return text


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
