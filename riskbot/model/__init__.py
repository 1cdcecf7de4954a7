"""The values that every part of riskbot shares: frozen, timezone-aware, one comment per field.

What always holds: a `datetime` here is aware and in UTC; a missing time means unknown and is never replaced by an
invented one; offsets count characters of the text they belong to. Values that only one room needs live in that room
(compiled rules in `matching/rules.py`, table rows in `store/`). Deliberately absent: anything that does I/O.
"""

from riskbot.model.articles import Article, Claim, Field, Hit, Known, Reading, Span
from riskbot.model.feeds import Document, Entry, Feed, FeedState, Outlet, Wishes
from riskbot.model.stories import Figure, Member, Placement, Rearranged, Source, Story, Summary
from riskbot.model.telling import Alert, Decision, Delivery, DeliveryKind, RulesState, Thread
from riskbot.model.words import DeliveryState, Level, Modality, Reason, Standing

__all__ = [
    "Alert",
    "Article",
    "Claim",
    "Decision",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "Document",
    "Entry",
    "Feed",
    "FeedState",
    "Field",
    "Figure",
    "Hit",
    "Known",
    "Level",
    "Member",
    "Modality",
    "Outlet",
    "Placement",
    "Reading",
    "Rearranged",
    "Reason",
    "RulesState",
    "Source",
    "Span",
    "Standing",
    "Story",
    "Summary",
    "Thread",
    "Wishes",
]
