"""What can go wrong with a feed, said to people: one stable reason, one sentence, one mend.

What always holds: a sentence names the feed's address, and an address is shown without its secrets. Every reason that
`feeds/` gives stands in the table here (or is `http-` and a status), so that the table is the list of them.
"""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

from riskbot.errors import FetchError

_LOOK = "open the address in a browser and correct the feed's `url`"
_WAIT = "riskbot tries again by itself; if it stays so, ask the publisher"

# reason → what is wrong with `{url}` (`{detail}` where there is one), how to mend it
_REASONS: dict[str, tuple[str, str]] = {
    "gone": ("{url} is gone for good (410)", "remove the feed or give it its new `url`"),
    "timed-out": ("{url} did not answer in full within {detail} s", _WAIT),
    "too-large": ("{url} sent more than {detail} bytes", "ask the publisher for a shorter feed, or raise the bound"),
    "too-many-redirects": ("{url} redirects more than {detail} times", _LOOK),
    "bad-redirect": ("{url} redirects without saying where to", _LOOK),
    "bad-address": ("{url} is not a web address that can be asked for", "correct the feed's `url`"),
    "bad-scheme": ("{url} is not http or https", "give the feed an http(s) `url`"),
    "bad-port": ("{url} uses port {detail}, which is not allowed", "add it to RISKBOT_PORTS, where it is really meant"),
    "private-address": (
        "{url} leads to an address that is not public ({detail})",
        "set `allow_private: true` if the feed is inside your own network (link-local addresses are never asked)",
    ),
    "dns": (
        "the host of {url} cannot be found ({detail})",
        "check the spelling of the feed's `url` and this machine's DNS",
    ),
    "tls": (
        "{url} offers no trustworthy encrypted connection ({detail})",
        f"{_WAIT}; an authority of your own belongs into the file that SSL_CERT_FILE names",
    ),
    "proxy": ("the proxy on the way to {url} does not let it through ({detail})", "check the proxy and RISKBOT_PROXY"),
    "no-handles": (
        "{url} was not asked: this machine has no handles left ({detail})",
        "raise the limit of open files (`ulimit -n`), or lower the number of requests at a time",
    ),
    "unreachable": ("{url} cannot be connected to ({detail})", _WAIT),
    "reset": ("{url} broke the connection off before its answer was complete", _WAIT),
    "bad-response": ("{url} does not answer in proper HTTP ({detail})", _WAIT),
    "bad-encoding": ("{url} sent a body packed in a way that cannot be unpacked ({detail})", _WAIT),
    "empty": ("{url} answered with nothing", _LOOK),
    "html-not-feed": ("{url} is a web page, not a feed", _LOOK),
    "not-a-feed": ("{url} is neither RSS, Atom, RDF, CDF nor JSON Feed", _LOOK),
    "too-many-entries": ("{url} holds more than {detail} entries", "ask the publisher for a shorter feed"),
    "parse-timeout": ("{url} took longer than {detail} s to parse and was given up", _WAIT),
    "parse-memory": ("{url} needed too much memory to parse and was given up", _WAIT),
    "no-parser": (
        "{url} cannot be parsed: the parser process does not start ({detail})",
        "see its own message on standard error; this machine may be short of memory or processes",
    ),
    "parse-crashed": ("{url} brought the parser down ({detail})", _WAIT),
    "robots": ("{url} may not be read by programs, says its site's robots.txt", "set `full_text: false` for its feed"),
    "no-text": (
        "{url} holds no text long enough to be an article",
        "set `full_text: false` if all its feed's pages do",
    ),
    "not-a-page": ("{url} leads to no article ({detail})", "set `full_text: false` if all its feed's links do"),
    "too-many-pages": ("{url} was not read: a poll reads no more than {detail} pages", "the feed's own text is used"),
}
_STATUS_MENDS = {
    401: "give the feed's `url` the credentials it asks for",
    403: "the publisher refuses programs; ask for access or use another feed",
    404: _LOOK,
    429: "poll it less often with `every:`",
}
_SECRET_PARAMETER = re.compile(
    r"(?i)((?:^|[&;])[^=&;]*(?:token|key|auth|pass|pwd|secret|sig|session|credential)[^=&;]*=)[^&;]*"
)


def failure(reason: str, url: str, detail: object = "") -> FetchError:
    """The error for a reason of the table above; an unlisted reason is a defect and raises KeyError."""
    sentence, mend = _REASONS[reason]
    return FetchError(reason, sentence.format(url=shown(url), detail=detail), mend)


def refused_status(status: int, url: str, retry_after: timedelta | None = None) -> FetchError:
    """The error for an answer whose status says there is nothing to read, and how long it asks us to stay away."""
    reason, sentence, mend = f"http-{status}", "{url} answered with status {detail}", _STATUS_MENDS.get(status, _WAIT)
    if status == 410:
        reason, (sentence, mend) = "gone", _REASONS["gone"]
    return FetchError(reason, sentence.format(url=shown(url), detail=status), mend, retry_after=retry_after)


def shown(url: str) -> str:
    """The address as people and logs may see it: no user or password, no values that look like keys, not endless."""
    text = "".join(character if character.isprintable() else "?" for character in url)
    try:
        parts = urlsplit(text)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:  # brackets that are none: show what comes after any credentials
        return text.rpartition("@")[2][:300]
    netloc = f"…@{host}" if "@" in parts.netloc else host
    query = _SECRET_PARAMETER.sub(r"\1…", parts.query)
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))[:300]
