"""Group commit: writes that wait for the writer thread at the same time share one transaction, and its one fsync.

What always holds: works run in the order in which they came. Each stands or falls alone: what it raises undoes it
(a savepoint) and is raised to its caller, and the others go on. Nobody is told of a result before the commit that makes
it last. Where the whole transaction is lost (its commit fails, the connection breaks, SQLite has no room left) every
work in it has failed. Thousands of polls that bring nothing thus cost a few commits a second.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from riskbot.errors import StoreError
from riskbot.store.engine import name_of, take_turn
from riskbot.store.refusals import in_sentences

T = TypeVar("T")
MOST = 100  # works in a transaction: so long others wait, and so much is lost when it fails


@dataclass(slots=True)
class Waiting:
    """A work and who waits for it."""

    work: Callable[[Session], Any]
    caller: Future[Any] = field(default_factory=Future)
    result: Any = None
    error: BaseException | None = None  # that it raised itself


class Writer:
    """Runs works on the store's thread."""

    def __init__(self, engine: Engine, thread: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._name = name_of(engine.url)
        self._thread = thread
        self._waiting: deque[Waiting] = deque()

    async def write(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, once committed; raises what `work` raises, and StoreError when the database refuses."""
        waiting = Waiting(work)
        self._waiting.append(waiting)
        # One turn of the thread for each work: however they are shared out, none is left without.
        self._thread.submit(self._take_some)
        result: T = await asyncio.wrap_future(waiting.caller)
        return result

    # ── on the thread ────────────────────────────────────────────────────────────────────────────────────────────

    def _take_some(self) -> None:
        taken: list[Waiting] = []
        while self._waiting and len(taken) < MOST:
            one = self._waiting.popleft()
            if one.caller.set_running_or_notify_cancel():  # from here on it cannot be called off
                taken.append(one)
        if not taken:
            return
        failure: BaseException | None = None
        try:
            with in_sentences(self._name):
                self._commit(taken)
        except BaseException as error:  # noqa: BLE001  whatever it is, those who wait must hear of it
            failure = error
        for one in taken:
            if wrong := one.error or failure:
                one.caller.set_exception(wrong)
            else:
                one.caller.set_result(one.result)

    def _commit(self, taken: list[Waiting]) -> None:
        with Session(self._engine) as session, session.begin():
            connection = session.connection()  # begins here, so that a write holds its lock before it looks
            take_turn(connection)
            if len(taken) == 1:
                taken[0].result = taken[0].work(session)
                return
            for one in taken:
                self._run_apart(one, session, connection)
                session.expunge_all()  # the next one sees the database, not what this one had in hand

    def _run_apart(self, one: Waiting, session: Session, connection: Connection) -> None:
        """Run one work in a savepoint of its own. Raises what broke the whole transaction."""
        savepoint = session.begin_nested()
        try:
            with in_sentences(self._name):
                one.result = one.work(session)
                savepoint.commit()
        except BaseException as error:
            one.error = error
            try:
                savepoint.rollback()
            except SQLAlchemyError as lost:  # the database gave up the whole transaction by itself
                raise (error if isinstance(error, StoreError) else lost) from None
            if connection.invalidated:
                raise
