"""Web addresses: their canonical form, their host, who wraps them, and what may decide that two articles are the same.

What always holds: a canonical address is http or https, holds no credentials and no tracking parameters, and
canonicalising it again changes nothing. Deliberately absent: following redirects, looking anything up.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

# Parameters that say how a reader came, not what is read. Sources: the campaign parameters of the analytics
# products' own documentation (Google, Facebook, Microsoft, Mailchimp, HubSpot, Piwik/Matomo, AT Internet).
_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|gclsrc|dclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_hs\w+|hsctatracking|mkt_tok|pk_\w+|"
    r"mtm_\w+|at_(medium|campaign|custom\d|link\w*|format|ptr_name|bbc_team)|ns_(mchannel|source|campaign|linkname|fee)|"
    r"ocid|cmp(id)?|cid|smid|smtyp|partner|guccounter|guce_referr\w*|ftag|ftcamp|xtor|spm|__twitter_impression|"
    r"wt[._]z?mc(_\w+)?|wprss|feed(type|name)|gbraid|wbraid|ttclid|"
    r"taid|rss|ref_?src|ref_url|traffic_?source|mod|reflink|src|sref|sh)$",
    re.IGNORECASE,
)
# `ref`, `source`, `id` and the like are kept: on many sites they say which article is meant.
_SAFE_PATH = "/%:@!$&'()*+,;=~-._"
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")


def canonical(url: str | None) -> str | None:
    """The address in its canonical form, or None where it is not an http(s) address at all.

    Lower-case scheme and host, default port, credentials, fragment and tracking parameters dropped, the path's
    escapes in one form; the order of what remains of the query is kept (RFC 3986, section 6.2).
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        name = (parts.hostname or "").rstrip(".。．｡").encode("idna").decode("ascii").rstrip(".")
        path = _ESCAPE.sub(_one_form, quote(parts.path or "/", safe=_SAFE_PATH))
        query = urlencode(
            [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(key)]
        )
    except ValueError:  # of which UnicodeError is one: a host that IDNA refuses, half a surrogate pair
        return None
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or not name or any(c.isspace() for c in name):
        return None
    if ":" in name:
        name = f"[{name}]"
    default = {"http": 80, "https": 443}[scheme]
    netloc = name if port in (None, default) else f"{name}:{port}"
    return urlunsplit((scheme, netloc, path, query, ""))


def _one_form(escape: re.Match[str]) -> str:
    """An escape in upper case, what needs none without it, and a bare `%` escaped."""
    code = escape[1]
    if code is None:
        return "%25"
    character = chr(int(code, 16))
    return character if character.isascii() and (character.isalnum() or character in "-._~") else f"%{code.upper()}"


def host(url: str | None) -> str:
    """The host as people call it, without `www.`; empty where there is none."""
    try:
        name = (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        return ""
    return name.removeprefix("www.").rstrip(".")


def may_identify(url: str | None) -> bool:
    """Whether an address can say which article is meant: not a site's root."""
    if not url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.path.strip("/") or parts.query)


def link_key(url: str | None) -> bytes:
    """Eight bytes that stand for an address wherever links are only compared; empty where it is no web address."""
    form = canonical(url)
    return hashlib.sha256(form.encode()).digest()[:8] if form else b""


# Host (its subdomains too) and the beginning of the path → who wraps. Each of these only sends a reader on, as its
# operator's documentation or any of its links shows, so its host never says who published what it leads to. Left out:
# hosts that republish articles themselves (MSN, Yahoo News), and publishers' own short forms (reut.rs, on.ft.com).
_WRAPPERS: tuple[tuple[str, str, str], ...] = (
    ("news.google.com", r"/(?:rss/|__i/rss/rd/)?(?:articles|read)/", "Google News"),
    ("google.com", r"/url$", "Google"),
    ("feedproxy.google.com", r"/~", "FeedBurner"),
    ("feeds.feedburner.com", r"/~", "FeedBurner"),
    ("feedsportal.com", r"/", "Feedsportal"),
    ("feeds.feedblitz.com", r"/~", "FeedBlitz"),
    ("bing.com", r"/news/apiclick\.aspx$", "Bing News"),
    ("rd.yahoo.com", r"/", "Yahoo"),
    ("r.search.yahoo.com", r"/", "Yahoo"),
    ("baidu.com", r"/link$", "Baidu"),
    ("apple.news", r"/", "Apple News"),
    ("l.smartnews.com", r"/", "SmartNews"),
    ("c.newsnow.co.uk", r"/A/", "NewsNow"),
    ("ct.moreover.com", r"/", "Moreover"),
    ("c.moreover.com", r"/", "Moreover"),
    *(
        (archive, r"/(?:newest|o|\d{4,14})/", "archive.today")
        for archive in ("archive.is", "archive.ph", "archive.today")
    ),
    ("web.archive.org", r"/web/", "Internet Archive"),
    ("flip.it", r"/", "Flipboard"),
    ("t.co", r"/", "X"),
    ("l.facebook.com", r"/l\.php$", "Facebook"),
    ("lm.facebook.com", r"/l\.php$", "Facebook"),
    ("fb.me", r"/", "Facebook"),
    ("lnkd.in", r"/", "LinkedIn"),
    ("linkedin.com", r"/redir/", "LinkedIn"),
    ("out.reddit.com", r"/", "Reddit"),
    *((short, r"/", short) for short in "bit.ly buff.ly dlvr.it goo.gl ift.tt is.gd ow.ly tinyurl.com trib.al".split()),
)
_WRAPPERS_AT = {name: (re.compile(path), called) for name, path, called in _WRAPPERS}


def wrapper(url: str | None) -> str | None:
    """Who wraps an address whose host sends a reader on to another publisher; None where it is the publisher's own."""
    name = host(url)
    while name:
        found = _WRAPPERS_AT.get(name)
        if found and url and found[0].match(urlsplit(url).path or "/"):
            return found[1]
        name = name.partition(".")[2]
    return None
