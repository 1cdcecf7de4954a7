"""What a database refuses, as sentences for people.

What always holds: no exception of the database library leaves this room, and no sentence carries a password, a
statement or its parameters: only the database's name, and the first line of what it said.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError

from riskbot.errors import InputError, StoreError, WorkError

SETTING = "RISKBOT_DATABASE_URL"

# What the databases say, what it means, and what can be done about it: the first that is found in their words.
_KNOWN = (
    ("database is locked", "is busy: another process has been writing to it for too long", "stop the other process"),
    ("lock timeout", "is busy: another process has been writing to it for too long", "stop the other process"),
    ("disk is full", "cannot grow: the disk is full", "free some space"),
    ("no space left", "cannot grow: the disk is full", "free some space"),
    ("readonly database", "may not be written to", "give the user who runs riskbot the right to write to it"),
    ("read-only transaction", "may not be written to", f"name the primary server in {SETTING}"),
    ("permission denied", "may not be used by this user", "grant its tables to the user that riskbot connects as"),
    ("no such table", "has not been set up for this version of riskbot", "run `riskbot db upgrade`"),
    ("no such column", "has not been set up for this version of riskbot", "run `riskbot db upgrade`"),
    ("disk image is malformed", "is damaged", "put a backup in its place"),
    ("disk i/o error", "cannot be read: the disk reports an error", "check the disk"),
    ("unable to open database file", "cannot be opened", "check that the folder exists and may be written to"),
)


@contextmanager
def in_sentences(name: str) -> Iterator[None]:
    """Turn what the database called `name` refuses into InputError (it is no database) or StoreError."""
    try:
        yield
    except SQLAlchemyError as error:
        raise refusal(name, error) from error
    except UnicodeEncodeError as error:  # the drivers raise it bare
        raise StoreError(f"{name} cannot keep a text that is not valid Unicode") from error


def refusal(name: str, error: SQLAlchemyError) -> InputError | WorkError:
    """One sentence for one refusal."""
    said = first_line(error)
    low = said.casefold()
    if "file is not a database" in low:
        return InputError(f"{name} is a file, but not a database", f"name another file in {SETTING}")
    for words, meaning, mend in _KNOWN:
        if words in low:
            return StoreError(f"{name} {meaning}", mend)
    if isinstance(error, ProgrammingError) and "does not exist" in low:  # PostgreSQL's words for a missing table
        return StoreError(f"{name} has not been set up for this version of riskbot", "run `riskbot db upgrade`")
    if isinstance(error, IntegrityError):
        return StoreError(f"{name} refused to keep what is there already, or belongs to nothing: {said}")
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return StoreError(f"the connection to {name} was lost: {said}", "it is made again at the next try")
    return StoreError(f"{name} refused the work: {said}")


def first_line(error: Exception) -> str:
    """The first telling line of what the driver said, without its trailing dot."""
    said = getattr(error, "orig", None) or error
    lines = str(said).strip().splitlines()
    if len(lines) > 1 and lines[0].endswith(":"):  # a list of tries: the last one is as good as any
        lines = lines[-1:]
    return (lines[0] if lines else type(said).__name__).strip("- .")
