"""Log lines carry no secret, whoever writes them and wherever in the line it stands."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from riskbot.log import HIDDEN, get_logger, set_up_logging

TOKEN = "xoxb-1234-swordfish"


@pytest.fixture(autouse=True)
def _structlog_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    out, err = capsys.readouterr()
    assert out == ""
    assert TOKEN not in err
    return [json.loads(line) for line in err.splitlines()]


def test_a_line_is_json_on_standard_error_with_level_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info", [])
    get_logger().info("polled", feed="example", new=3)
    (line,) = lines(capsys)
    assert line | {"timestamp": ""} == {
        "event": "polled",
        "feed": "example",
        "new": 3,
        "level": "info",
        "timestamp": "",
    }
    assert line["timestamp"]


@pytest.mark.parametrize(
    ("level", "written"),
    [("debug", ["debug", "info", "error"]), ("info", ["info", "error"]), ("error", ["error"])],
)
def test_only_what_is_grave_enough_is_written(
    capsys: pytest.CaptureFixture[str], level: str, written: list[str]
) -> None:
    set_up_logging(level, [])
    for method in ("debug", "info", "error"):
        getattr(get_logger(), method)("something")
    assert [line["level"] for line in lines(capsys)] == written


@pytest.mark.parametrize(
    "fields",
    [
        {"event": f"posting with {TOKEN}"},
        {"event": "x", "token": TOKEN},
        {"event": "x", "headers": {"Authorization": f"Bearer {TOKEN}"}},
        {"event": "x", "tried": [TOKEN, (TOKEN,)]},
        {"event": "x", "error": ValueError(f"bad {TOKEN}")},
        {"event": "x", "settings": SimpleNamespace(token=TOKEN)},
        {"event": "x", TOKEN: "as a name"},
    ],
)
def test_no_secret_is_written_wherever_it_stands(capsys: pytest.CaptureFixture[str], fields: dict[str, Any]) -> None:
    set_up_logging("info", [TOKEN])
    get_logger().info(fields.pop("event"), **fields)
    (line,) = lines(capsys)
    assert HIDDEN in json.dumps(line)


def test_no_secret_is_written_with_an_exception(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info", [TOKEN])
    try:
        raise ValueError(f"Slack did not like {TOKEN}")
    except ValueError:
        get_logger().exception("failed")
    (line,) = lines(capsys)
    assert f"Slack did not like {HIDDEN}" in line["exception"]


def test_a_secret_with_characters_that_json_escapes_is_hidden_too(capsys: pytest.CaptureFixture[str]) -> None:
    secret = 'pass"word\\é'
    set_up_logging("info", [secret])
    get_logger().info(f"url {secret}", nested={"url": [secret]})
    (line,) = lines(capsys)
    assert line["event"] == f"url {HIDDEN}"
    assert line["nested"] == {"url": [HIDDEN]}


def test_of_secrets_inside_each_other_nothing_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info", ["swordfish", TOKEN])
    get_logger().info(f"{TOKEN} and swordfish")
    (line,) = lines(capsys)
    assert line["event"] == f"{HIDDEN} and {HIDDEN}"


def test_what_holds_no_secret_is_written_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info", [TOKEN, "", "abc"])
    get_logger().info("abc", number=3, nothing=None, some=[1, "two"])
    (line,) = lines(capsys)
    assert (line["event"], line["number"], line["nothing"], line["some"]) == ("abc", 3, None, [1, "two"])


def test_the_lines_of_libraries_carry_no_secret_either() -> None:
    """In a process of its own: here the test runner has set up the standard library's logging already."""
    program = (
        "import logging\n"
        "from riskbot.log import set_up_logging\n"
        f"set_up_logging('debug', ['{TOKEN}'])\n"
        f"logging.getLogger('library').warning('calling with %s', '{TOKEN}')\n"
        "logging.getLogger('library').debug('a request body')\n"
        f"try: raise ValueError('{TOKEN}')\n"
        "except ValueError: logging.getLogger('library').exception('failed')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert TOKEN not in done.stderr + done.stdout
    assert f"WARNING library: calling with {HIDDEN}" in done.stderr
    assert f"ValueError: {HIDDEN}" in done.stderr
    assert "a request body" not in done.stderr
