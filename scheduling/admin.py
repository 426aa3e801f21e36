"""The administration of this room: only looked at. Programmes and invitations are their organizers' own."""

from __future__ import annotations

from django.contrib import admin

from core.administration import ReadOnly
from scheduling.models import Feed, FeedToken, Release


@admin.register(Feed)
class FeedAdmin(ReadOnly[Feed]):
    """What is published, and when."""

    list_display = ("key", "language", "form", "entries", "changed_at", "published_at")
    list_filter = ("language", "form")
    search_fields = ("key",)
    fields = ("key", "language", "form", "etag", "entries", "changed_at", "published_at")


@admin.register(FeedToken)
class FeedTokenAdmin(ReadOnly[FeedToken]):
    """Whose private calendars there are, and when they were last read. Their secrets are not kept."""

    list_display = ("name", "user", "company", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("user", "company")
    search_fields = ("name", "user__email", "company__name_zh")
    fields = ("name", "user", "company", "created_at", "last_used_at", "revoked_at")


@admin.register(Release)
class ReleaseAdmin(ReadOnly[Release]):
    """Which programmes were published when."""

    list_display = ("fair", "number", "published_at", "note_zh")
    list_select_related = ("fair",)
    fields = ("fair", "number", "published_at", "published_by", "note_zh", "note_en")
