"""What a feed writes into its titles stays text on its whole way to Slack: nobody is pinged, nothing leads astray."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from riskbot.slack.limits import problems
from tests.commandline import riskbot
from tests.places import ROOT
from tests.slackpayloads import elements

pytestmark = pytest.mark.slow

TITLES = {
    "channel": "<!channel> <!here> <!everyone> <@U012AB3CD> <!subteam^S012AB3CD> @channel",
    "escaped": "&lt;@U123&gt; &amp;lt;!channel&amp;gt; &#60;!here&#62;",
    "link": "<javascript:alert(1)|read on> [read on](javascript:alert(1)) <https://evil.example|ft.com>",
    "markup": "*bold* _italic_ ~struck~ `code` ```block``` :tada: &gt; quoted",
    "bidi": "\u202egpj.exe\u2066 \u200f\u061c\ufeff\u200b",
    "emoji": "🟥👩\u200d👩\u200d👧🇨🇳 e\u0301 \U000e0041",
    "long": "word " * 2000,
    "newline": "one\\ntwo\\r\\nthree\\u2028four\\u0007",
}


COMPANIES = ("Alibaba", "Tencent", "Huawei", "Baidu", "ZTE", "Hikvision", "SenseTime", "CATL")
EVENTS = ("a harbour", "two radars", "its drones", "a quarry", "old lorries", "the archive", "some boats", "three maps")


def article(title: str, number: int) -> str:
    """A Markdown file whose title begins with `title`, as YAML writes a text between double quotes; each tells of an
    event of its own, so that each makes a message."""
    company, event = COMPANIES[number - 1], EVENTS[number - 1]
    about = f"On Monday {company} handed {event} to the military."
    return (
        f'---\ntitle: "{company} and the military: {title}"\n'
        f'url: "https://news.example/{number}?a=<!channel>"\n'
        f'outlet: "<@U{number}> *Wire*"\n'
        f"published: 2025-11-17T0{number}:00:00Z\n---\n\n{about} {title.split('|')[0][:200]} {about}\n"
    )


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("hostile")
    for number, (name, title) in enumerate(TITLES.items(), 1):
        (folder / f"{number}-{name}.md").write_text(article(title, number), encoding="utf-8")
    done = riskbot("replay", folder, "--json", "--rules", ROOT / "rules", cwd=tmp_path_factory.mktemp("replay"))
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert len(document["articles"]) == len(TITLES)
    assert len(document["stories"]) == len(TITLES)
    said: list[dict[str, Any]] = document["messages"]
    return said


def test_every_message_is_fit_to_be_sent(messages: list[dict[str, Any]]) -> None:
    assert len(messages) == len(TITLES)
    assert [problems(message) for message in messages] == [[] for _ in messages]


def test_nothing_that_pings_or_formats_stands_where_slack_would_read_it(messages: list[dict[str, Any]]) -> None:
    sent = json.dumps([message["blocks"] for message in messages], ensure_ascii=False)
    for shown in ("<!channel> <!here>", "*bold* _italic_", "```block``` :tada:", "<javascript:alert(1)|read on>"):
        assert shown in sent  # as text
    for each in elements([message["blocks"] for message in messages]):
        assert each.get("type") not in ("user", "usergroup", "broadcast", "channel", "emoji", "image")
        if each.get("type") == "mrkdwn":
            assert re.fullmatch(r"[a-z: →]*(<!date\^\d+\^[^|<>]+\|[-0-9: ]+UTC>[a-z: →]*)*", each["text"])
    for message in messages:
        assert not re.search("[<>]|&(?!amp;|lt;|gt;)", message["text"])
        assert (message["parse"], message["link_names"]) == ("none", False)


def test_every_link_is_a_page_of_the_feed_itself(messages: list[dict[str, Any]]) -> None:
    links = {each["url"] for each in elements(messages) if each.get("type") == "link"}
    assert {re.sub(r"\?.*", "", link) for link in links} == {
        f"https://news.example/{n + 1}" for n in range(len(TITLES))
    }
    assert not any(re.search(r"[<>| ]", link) for link in links)


def test_no_character_that_misleads_is_sent_and_no_line_is_forged(messages: list[dict[str, Any]]) -> None:
    for each in elements([message["blocks"] for message in messages]):
        said = each.get("text")
        if isinstance(said, str):
            assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u061c\ufeff\u2028\x07\r]", said)
            assert "\nfour" not in said
            assert "\ntwo" not in said
            assert len(said) <= 3000
