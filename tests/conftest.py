"""Options and fixtures that all tests share."""

from __future__ import annotations

import os
import signal

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the program makes into the golden files; look at the difference before it is kept",
    )


def pytest_configure() -> None:
    """What a shell puts into the background ignores interrupts, and so would every program that a test interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)  # it is pytest-xdist's
def pytest_xdist_auto_num_workers() -> int:
    """One more than cores: there is always a test that waits for a process of its own."""
    return (os.cpu_count() or 1) + 1
