"""What a page puts around an article, line by line: disclaimers, newsletters, price widgets, comments, bylines, labels.

What always holds: a line is furniture here only for its own words or those right beside it, and the words are ones
that an article does not use that way: whole lines, not phrases within running text. Term lists hold several languages
where pages in them use a set phrase. Deliberately absent: lists of other stories (`teasers.py`), whole passages that
stand twice (`repeats.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from riskbot.text.credits import credit
from riskbot.text.pagelines import LONG, Furniture, Line, is_prose, is_share, is_stamp, terms

_DISCLAIMER = re.compile(
    r"^[\W_]*(?:disclaimer|legal notice|risk warning|haftungsausschluss|avis de non-responsabilité|avertissement"
    r"|descargo de responsabilidad|aviso legal|esclusione di responsabilità|isenção de responsabilidade"
    r"|отказ от ответственности|免责声明|免責聲明|免責事項|면책 조항|면책조항|إخلاء المسؤولية)[\W_]*(?:[:：.—-]|$)",
    re.IGNORECASE,
)
_LONGEST_DISCLAIMER = 3000  # beyond that a line holds more than its disclaimer

_SUBSCRIBE = terms(
    """subscribe|subscribe now|subscribe today|subscribe here|sign up|sign up now|sign up here|sign up for free
    |join our newsletter|get the newsletter|register now|start your free trial|already a subscriber? log in
    |jetzt abonnieren|jetzt anmelden|newsletter abonnieren|s'abonner|abonnez-vous|je m'abonne|suscríbete
    |suscribirse|suscríbase|iscriviti|iscriviti ora|abbonati|assine|assine já|inscreva-se|abonneer nu|подписаться
    |подписывайтесь|zapisz się|abone ol|订阅|立即订阅|訂閱|登録する|購読する|구독하기|اشترك الآن"""
)
_PITCH = re.compile(
    r"\b(?:in|to|into|straight to) your (?:e-?mail )?inbox\b"
    r"|\b(?:our|the|a|free|daily|weekly) (?:\w+ ){0,2}newsletters?\b"
    r"|\bsign up (?:for|to|here)\b|\bsubscribe (?:to|for) (?:our|the|unlimited|full|get|continue)\b"
    r"|\b(?:every|each) (?:day|week|morning|month),? (?:by|via) e-?mail\b|\bdelivered (?:daily|weekly|by e-?mail)\b"
    r"|\bunseren? newsletter|\bnotre newsletter|\bdans votre boîte|\bnuestr[oa] (?:newsletter|boletín)|\ben tu correo"
    r"|\bnostra newsletter|\bnossa newsletter|\bonze nieuwsbrief|нашу рассылку|на рассылку"
    r"|我们的(?:通讯|邮件)|ニュースレター",
    re.IGNORECASE,
)
_INVITES = re.compile(
    r"^[\W_]*(?:subscribe|sign up|join|get|receive|don['’]t miss|stay (?:informed|up to date|ahead)|register|weekly"
    r"|daily|the (?:latest|best|most important|day['’]s)|abonn|melden sie|recevez|inscrivez|suscr|recib|iscriv|ricev"
    r"|assin|receb|ontvang|подпи|получ|订阅|訂閱)",
    re.IGNORECASE,
)

_WIDGET = terms(
    """market opportunity|market cap|market data|live price chart|price chart|stock chart|chart|quote|live quotes
    |price alert|24h change|24h volume|trading volume|buy now|trade now|open account|kurs|cotización|行情|实时行情"""
)
_WIDGET_WORDS = re.compile(
    r"\b(?:live price chart|price ?\([A-Z0-9]{1,10}\)|\([A-Z0-9]{1,10}\) (?:live )?price|logo)\b", re.IGNORECASE
)
_FIGURES = re.compile(r"^[-+–−$€£¥₹₩\d.,%\s|/()▲▼↑↓△▽]+$")  # and a digit, and a sign of money or change
_MONEY = re.compile(r"[$€£¥₹₩%▲▼↑↓△▽]|^[+−]")

_COMMENTS = terms(
    """no comments|no comments yet|be the first to comment|leave a comment|leave a reply|post a comment|add a comment
    |write a comment|join the conversation|join the discussion|comments are closed|show comments|view comments
    |comentarios|aún no hay comentarios|todavía no hay comentarios|sin comentarios|deja un comentario
    |deja una respuesta|commentaires|aucun commentaire|laisser un commentaire|kommentare|keine kommentare
    |noch keine kommentare|kommentar schreiben|commenti|nessun commento|lascia un commento|comentários
    |nenhum comentário|deixe um comentário|reacties|nog geen reacties|komentarze|brak komentarzy|комментарии
    |комментариев нет|нет комментариев|оставить комментарий|коментарі|yorumlar|henüz yorum yok|评论|暂无评论
    |发表评论|評論|暫無評論|留言|コメント|コメントはまだありません|コメントする|댓글|댓글이 없습니다|댓글 쓰기
    |التعليقات|لا توجد تعليقات|टिप्पणियाँ|comments"""
)
_COUNTED = re.compile(r"^(?:\d+ )?(\D+?)(?:[ :(]*\d+)?$")

_LABELS = terms(
    """what's happening?|what's happening|why it's important?|why it's important|why it matters|what's next?
    |what's next|beyond the headlines|news summary|summary|key points|key takeaways|in brief|the big picture
    |background|context|in-depth ai insights|ai insights|ai summary|in this article|table of contents|contents
    |quick read|tl;dr|highlights|skip to content|skip to main content|skip to navigation|menu|search|home|log in
    |login|sign in|my account|watchlist|advertisement|advertisement - scroll to continue|ad|sponsored content
    |story continues below advertisement|story continues|listen to this article|listen|live updates|breaking news
    |exclusive|photo gallery|watch live|play video|tags|topics|article content|continue reading|zusammenfassung
    |hintergrund|anzeige|werbung|inhalt|das wichtigste in kürze|résumé|contexte|publicité|sommaire|l'essentiel
    |resumen|contexto|publicidad|publicidade|resumo|sommario|contesto|pubblicità|реклама|кратко|главное|摘要|背景
    |广告|廣告|要点|概要|広告|요약|광고"""
)
_NAME = r"[^\W\d_][\w'’.-]*"
_NAMES = rf"{_NAME}(?:\s{_NAME}){{0,3}}"
_BYLINE = re.compile(
    rf"^(?:by|von|por|par|di|door|от)\s{_NAMES}(?:(?:,\s?|\s(?:and|und|y|et|&)\s){_NAMES}){{0,3}}$", re.IGNORECASE
)
_PHOTO = re.compile(
    r"^[\W_]*(?:photo(?:graph)?|image|picture|foto|bild|图片|写真)s?(?: source| credit| by)?\s?[:：]\s?\S.{0,70}$",
    re.IGNORECASE,
)

# "Ltd.BABA-- of", "AlibabaBABA-- gave": a ticker that a page's script pasted to the name, with the dashes it left.
_TICKER = re.compile(r"(?<=[a-z.)\d])[A-Z]{1,5}(?:\.[A-Z]{1,2})?--(?![\w-])")


def tickers(text: str) -> Iterator[Furniture]:
    """Ticker symbols glued to a word; the range holds the debris alone."""
    for match in _TICKER.finditer(text):
        yield Furniture(match.start(), match.end(), "ticker")


def parts(lines: list[Line]) -> Iterator[Furniture]:
    """Every line that is furniture by itself or for the line beside it."""
    tags = _tags(lines)
    i = 0
    while i < len(lines):
        line = lines[i]
        following = lines[i + 1] if i + 1 < len(lines) else None
        if _DISCLAIMER.match(line.text[:80]) and len(line.text) <= _LONGEST_DISCLAIMER:
            bare = bool(line.key) and len(line.key.split()) <= 3
            takes_next = bare and following and not following.apart and len(following.text) <= _LONGEST_DISCLAIMER
            end = following.end if following and takes_next else line.end
            yield Furniture(line.start, end, "disclaimer")
            i += 2 if takes_next else 1
            continue
        if (last := _widget_end(lines, i)) > i:
            yield Furniture(line.start, lines[last - 1].end, "widget")
            i = last
            continue
        if found := credit(line):
            yield found
        elif _newsletter(line, following):
            yield Furniture(line.start, line.end, "newsletter")
        elif _is_comments(line):
            yield Furniture(line.start, line.end, "comments")
        elif line.key in _LABELS or i in tags:
            yield Furniture(line.start, line.end, "label")
        elif is_share(line) or is_stamp(line):
            yield Furniture(line.start, line.end, "stamp")
        elif _byline(line) or (line.words <= 8 and _PHOTO.match(line.text)):
            yield Furniture(line.start, line.end, "byline")
        i += 1


def _is_comments(line: Line) -> bool:
    counted = _COUNTED.match(line.key[:60])
    return line.key in _COMMENTS or bool(counted and counted[1].strip() in _COMMENTS)


def _byline(line: Line) -> bool:
    if len(line.text) > 100:
        return False
    names = line.text.split()[1:]
    return bool(_BYLINE.match(line.text)) and sum(name[0].isupper() for name in names) * 2 > len(names)


def _newsletter(line: Line, following: Line | None) -> bool:
    """A button to subscribe, its pitch above it, or a line that invites to a newsletter."""
    if line.key in _SUBSCRIBE:
        return True
    if len(line.text) > LONG or (is_prose(line) and not _INVITES.match(line.text)):
        return False
    beside = following is not None and not following.apart and following.key in _SUBSCRIBE
    return bool(_PITCH.search(line.text)) and (beside or bool(_INVITES.match(line.text)))


def _widget_end(lines: list[Line], first: int) -> int:
    """Where the block of prices that begins at this line ends; the line itself where none begins.

    A block is a run of short lines that ends with a price; two of them must be prices or a chart's words. Empty lines
    may stand between: feeds make a paragraph of every line.
    """
    if not _in_widget(lines[first]):
        return first
    last, sure, i = first, 0, first
    while i < min(len(lines), last + 3):  # two lines may stand between, and none after: it may be a heading
        line = lines[i]
        if _in_widget(line):
            sure += 1
            last = i + 1
        elif len(line.text) > 40 or line.words > 4 or _DISCLAIMER.match(line.text):
            break
        i += 1
    if sure >= 2:
        return last
    return first + 1 if _is_figure(lines[first]) else first


def _in_widget(line: Line) -> bool:
    if len(line.text) > 60:
        return False
    return line.key in _WIDGET or _is_figure(line) or (line.words <= 6 and bool(_WIDGET_WORDS.search(line.text)))


def _is_figure(line: Line) -> bool:
    """Whether the line is nothing but a price, or the change of one."""
    text = line.text
    if len(text) > 60 or text[-1] in ".,":  # the dot: a sentence that is broken over lines ends with a figure
        return False
    return bool(_MONEY.search(text)) and any(c.isdigit() for c in text) and bool(_FIGURES.match(text))


def _tags(lines: list[Line]) -> set[int]:
    """Rows of tags above the article: short lines in one block with the credit or the date.

    A list of short lines anywhere else may be the article itself (the companies of a sanctions list).
    """
    found: set[int] = set()
    block: list[int] = []
    for i, line in enumerate(lines):
        if is_prose(line):
            break
        if line.apart:
            found |= _tags_of(lines, block)
            block = []
        block.append(i)
    else:
        return set()  # no prose at all: the short lines may be all there is
    return found | _tags_of(lines, block)


def _tags_of(lines: list[Line], block: list[int]) -> set[int]:
    dated = any(credit(lines[i]) or is_stamp(lines[i]) for i in block)
    short = {i for i in block if 0 < len(lines[i].key) <= 40 and lines[i].words <= 4}
    return short if dated and len(short) >= 3 else set()
