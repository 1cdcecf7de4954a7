"""Web addresses: their canonical form, their host, and what may decide that two articles are the same.

What always holds: a canonical address is http or https, holds no credentials and no tracking parameters, and
canonicalising it again changes nothing. Deliberately absent: following redirects, looking anything up.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

# Parameters that say how a reader came, not what is read. Sources: the campaign parameters of the analytics
# products' own documentation (Google, Facebook, Microsoft, Mailchimp, HubSpot, Piwik/Matomo, AT Internet).
_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|gclsrc|dclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_hs\w+|hsctatracking|mkt_tok|pk_\w+|"
    r"mtm_\w+|at_(medium|campaign|custom\d|link\w*|format|ptr_name|bbc_team)|ns_(mchannel|source|campaign|linkname|fee)|"
    r"ocid|cmp(id)?|cid|smid|smtyp|partner|guccounter|guce_referr\w*|ftag|ftcamp|xtor|spm|wt\.mc_\w+|__twitter_impression|"
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
