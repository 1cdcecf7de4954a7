"""What the store's contract runs on: the fake, a fresh SQLite file each, and a fresh PostgreSQL database each.

PostgreSQL is the server of `RISKBOT_TEST_POSTGRES_URL`, else one started for this run from the machine's own programs
(as another user when the tests run as root, because the server refuses root), else its tests are skipped.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url

from riskbot.ports import Store
from riskbot.store import open_store, upgrade
from tests.fakes import FakeDatabase, FakeStore


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> str:
    """The address of an empty database."""
    return str(request.getfixturevalue(f"empty_{request.param}"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that names the database's address needs a real one; every other test of the port runs on the fake too."""
    if "database" in metafunc.fixturenames:
        real = ["sqlite", "postgresql"]
        params = real if "address" in metafunc.fixturenames else ["fake", *real]
        metafunc.parametrize("database", params, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str | FakeDatabase:
    """A database that has been upgraded: its address, or the fake's memory."""
    return FakeDatabase() if request.param == "fake" else str(request.getfixturevalue(f"upgraded_{request.param}"))


@pytest.fixture
def address(database: str | FakeDatabase) -> str:
    """The address of a database that has been upgraded."""
    assert isinstance(database, str)
    return database


@pytest.fixture
async def store(database: str | FakeDatabase) -> AsyncIterator[Store]:
    """An open store without anything in it."""
    opened = _opened(database)
    yield opened
    await opened.close()


@pytest.fixture
async def second(database: str | FakeDatabase, store: Store) -> AsyncIterator[Store]:
    """Another store on the same database, as another process would have it."""
    opened = _opened(database)
    yield opened
    await opened.close()


def _opened(database: str | FakeDatabase) -> Store:
    return FakeStore(database) if isinstance(database, FakeDatabase) else open_store(database)


# ── SQLite ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    """A file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'riskbot.db'}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded file to copy: an upgrade for every test would be most of the run."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def upgraded_sqlite(empty_sqlite: str, sqlite_template: Path) -> str:
    """A copy of the template."""
    shutil.copy(sqlite_template, empty_sqlite.removeprefix("sqlite:///"))
    return empty_sqlite


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def empty_postgresql(postgres: URL) -> Iterator[str]:
    """A new database on the server, dropped afterwards."""
    yield from _database(postgres, "template1")


@pytest.fixture(scope="session")
def postgres_template(postgres: URL) -> Iterator[str]:
    """An upgraded database to copy."""
    for address in _database(postgres, "template1"):
        upgrade(address)
        yield str(make_url(address).database)


@pytest.fixture
def upgraded_postgresql(postgres: URL, postgres_template: str) -> Iterator[str]:
    """A copy of the template."""
    yield from _database(postgres, postgres_template)


def _database(server: URL, template: str) -> Iterator[str]:
    name = f"riskbot_test_{uuid4().hex}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(server: URL, statement: str) -> None:
    parts = {"host": server.host, "port": server.port, "user": server.username, "password": server.password}
    known = {key: value for key, value in parts.items() if value is not None}
    info = make_conninfo(**{**server.query, **known, "dbname": server.database})  # type: ignore[arg-type]
    with psycopg.connect(info, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """A PostgreSQL server, or a skip that says why there is none."""
    if given := os.environ.get("RISKBOT_TEST_POSTGRES_URL"):
        yield make_url(given)
        return
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        pytest.skip("no PostgreSQL here: set RISKBOT_TEST_POSTGRES_URL or install its server")
    yield from _started(folders[-1])


def _started(programs: Path) -> Iterator[URL]:
    """A server on a socket of its own, without any network; it forgets everything when it stops."""
    user = _server_user()
    with tempfile.TemporaryDirectory(prefix="riskbot-pg-", ignore_cleanup_errors=True) as folder:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data, log = Path(folder, "data"), Path(folder, "log")
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "riskbot", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            **as_user,  # type: ignore[call-overload]
        )
        assert made.returncode == 0, made.stderr
        options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=30"]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *options],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                **as_user,  # type: ignore[call-overload]
            )
        try:
            address = make_url(f"postgresql://riskbot@/postgres?host={folder}")
            _wait_for(server, address, log)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(server: subprocess.Popen[bytes], address: URL, log: Path) -> None:
    for _ in range(300):
        try:
            _execute(address, "SELECT 1")
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not start: {log.read_text()}")


def _server_user() -> pwd.struct_passwd | None:
    """Who is to run the server: we ourselves, unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.skip("no PostgreSQL here: its server refuses to run as root, and there is no other user")
