"""A crew of processes that share out work: as many items at once as there are cores, results in order.

What always holds: results come in the order of the items; no more than `AHEAD` items for each worker are in flight,
however fast the items come and however slowly results are taken; items are asked for while results are worked on, so
that neither waits for the other. When the caller stops, the crew stops; a worker never outlives its master.

Workers are forked on Linux, where what they share is inherited rather than sent; elsewhere it is pickled.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import Any, TypeVar

from riskbot.errors import WorkError

AHEAD = 3  # items for each worker: one in work, one waiting, one whose result is being taken
_WATCH = 1.0  # seconds between two looks whether the master lives

S = TypeVar("S")
J = TypeVar("J")
R = TypeVar("R")
_work: Callable[[Any], Any] | None = None  # of this process, once it is a worker


def in_order(work: Callable[[S, J], R], shared: S, items: Iterable[J], workers: int) -> Generator[R]:
    """`work(shared, item)` for each item, in order; close it to stop. With one worker, in this process.

    Raises what `items` or `work` raise, after the results of everything before; WorkError when a worker dies.
    """
    if workers <= 1:
        for item in items:
            yield work(shared, item)
        return
    gc.collect()
    gc.freeze()  # what is compiled by now stays; a collector that marked it would copy the pages forks share
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    pool = ProcessPoolExecutor(workers, context, _begin, (work, shared))
    queue: SimpleQueue[Future[R] | BaseException | None] = SimpleQueue()
    slots, stop = Semaphore(workers * AHEAD), Event()
    try:
        with _undisturbed():
            pool.submit(_ready).result()  # all workers are forked here, while this process has a single thread
        # A daemon: it may wait for a line that never comes, and nobody waits for it.
        Thread(target=_feed, args=(pool, items, queue, slots, stop), daemon=True).start()
        while (next_ := queue.get()) is not None:
            if isinstance(next_, BaseException):
                raise next_
            yield next_.result()
            slots.release()
    except BrokenExecutor as error:
        raise WorkError(
            "a worker process died in the middle of its work", "see that there is enough memory, or use --workers 1"
        ) from error
    finally:
        stop.set()
        slots.release()
        pool.shutdown(cancel_futures=True)  # waits for what is in work: a piece for each worker, no more
        gc.unfreeze()


def _feed(
    pool: ProcessPoolExecutor,
    items: Iterable[Any],
    queue: SimpleQueue[Future[Any] | BaseException | None],
    slots: Semaphore,
    stop: Event,
) -> None:
    """Hand out the items, one for each free slot; what goes wrong is raised where results are taken."""
    try:
        for item in items:
            slots.acquire()
            if stop.is_set():
                return
            queue.put(pool.submit(_do, item))
        queue.put(None)
    except BaseException as error:  # noqa: BLE001  # handed on, not swallowed
        queue.put(error)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Interrupts wait: a worker inherits that, and so is never interrupted before it has learnt to ignore them."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(work: Callable[[S, J], R], shared: S) -> None:
    global _work  # a process is a worker of one crew
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the master is interrupted too, and ends us

    def do(item: J) -> R:
        return work(shared, item)

    _work = do
    Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(master: int) -> None:
    """End with the master, however it ended: a killed one can tell nobody."""
    while not Event().wait(_WATCH):
        if os.getppid() != master:
            os._exit(1)


def _ready() -> None:
    """The first piece of work: none."""


def _do(item: Any) -> Any:
    assert _work is not None  # noqa: S101  # `_begin` ran before
    return _work(item)
