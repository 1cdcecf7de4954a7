"""The words that values are made of, as enumerations."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How grave: ordered by `rank`, compared by `max(levels, key=rank)`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class Modality(StrEnum):
    """Whether a hit speaks of a fact or of a possibility."""

    ACTUAL = "actual"
    POSSIBLE = "possible"


class Standing(StrEnum):
    """A claim's standing, in the order in which certainty grows; a retraction takes all of it back."""

    ALLEGED = "alleged"
    DENIED = "denied"
    UNVERIFIED = "unverified"
    CONFIRMED = "confirmed"
    OFFICIAL = "official"
    RETRACTED = "retracted"


class Reason(StrEnum):
    """Why riskbot told people of an article, or stayed quiet. Every decision carries exactly one."""

    # to tell
    NEW_STORY = "new_story"
    MORE_ARTICLES = "more_articles"
    NEW_ORIGIN = "new_origin"
    DENIED = "denied"
    CONFIRMED = "confirmed"
    OFFICIAL_ACTION = "official_action"
    RETRACTED = "retracted"
    LEVEL_RAISED = "level_raised"
    NEW_TOPIC = "new_topic"
    HEADLINE_EDITED = "headline_edited"
    # to stay quiet
    BELOW_LEVEL = "below_level"
    SILENCED = "silenced"
    HELD_FOR_DIGEST = "held_for_digest"  # told as a line of a digest, later
    TOLD_IN_DIGEST = "told_in_digest"  # a digest tells of the story, and this adds nothing but its count
    SAME_ORIGIN_REPEAT = "same_origin_repeat"
    ONLY_POSSIBLE = "only_possible"
    TOO_OLD = "too_old"
    FIRST_POLL = "first_poll"
    COOLDOWN = "cooldown"


class DeliveryState(StrEnum):
    """Where a send stands."""

    OWED = "owed"  # to be sent, at once or at `due_at`
    SENDING = "sending"  # a post may be on its way: look it up before anything else
    SENT = "sent"
    REPLACED = "replaced"  # a later update carries everything this one would have said
    DROPPED = "dropped"  # left as it is, because nobody can say whether it stands and `when_unsure` says so
    PARKED = "parked"  # cannot be sent until a person mends something
