"""Programme, calendar entries and feeds, and invitations."""

from scheduling.models.calendar import Entry, Feed, FeedToken, StaleKey
from scheduling.models.invitations import INVITATION_MOVES, Invitation, InvitationQuerySet, Reply
from scheduling.models.programme import SESSION_MOVES, Kind, Listing, Release, Session, Stage

__all__ = [
    "INVITATION_MOVES",
    "SESSION_MOVES",
    "Entry",
    "Feed",
    "FeedToken",
    "Invitation",
    "InvitationQuerySet",
    "Kind",
    "Listing",
    "Release",
    "Reply",
    "Session",
    "Stage",
    "StaleKey",
]
