"""The administration looks at makers, and at how far what they applied for is; it changes none of it."""

from __future__ import annotations

from django.contrib import admin

from core.administration import ReadOnly
from exhibitors.models import Application, Company, CompanyMember, ConflictOfInterest, Placement, Product, Review


@admin.register(Company)
class CompanyAdmin(ReadOnly[Company]):
    """Which companies there are, and how to reach them; what they say of themselves is theirs."""

    list_display = ("name_zh", "ubn", "town", "category", "email")
    list_filter = ("category",)
    list_select_related = ("town", "category")
    search_fields = ("name_zh", "name_en", "ubn", "slug")
    fields = ("name_zh", "name_en", "ubn", "slug", "town", "category", "email", "phone")


@admin.register(CompanyMember)
class CompanyMemberAdmin(ReadOnly[CompanyMember]):
    """Who acts for which company."""

    list_display = ("user", "company", "role")
    list_filter = ("role",)
    list_select_related = ("user", "company")
    search_fields = ("user__email", "company__name_zh", "company__ubn")


@admin.register(Product)
class ProductAdmin(ReadOnly[Product]):
    """What companies make."""

    list_display = ("name_zh", "company", "category", "is_retired")
    list_filter = ("category", "is_retired")
    list_select_related = ("company", "category")
    search_fields = ("name_zh", "name_en", "slug", "company__name_zh")


@admin.register(ConflictOfInterest)
class ConflictAdmin(ReadOnly[ConflictOfInterest]):
    """Which expert may not judge which company."""

    list_display = ("expert", "company")
    list_select_related = ("expert", "company")
    search_fields = ("expert__email", "company__name_zh")


# Administrators see no fair's content (design, section 12): of these only how far they are, not what they say.
@admin.register(Application)
class ApplicationAdmin(ReadOnly[Application]):
    """How far applications are."""

    list_display = ("label", "call", "company", "state")
    list_filter = ("state",)
    list_select_related = ("call__fair", "company")
    search_fields = ("=id", "company__name_zh", "company__ubn")
    fields = ("number", "call", "company", "state", "submitted_at", "return_by", "offer_ends_at")


@admin.register(Placement)
class PlacementAdmin(ReadOnly[Placement]):
    """Which booths are held."""

    list_display = ("booth", "application", "state")
    list_filter = ("state",)
    list_select_related = ("booth__fair", "application__company")
    search_fields = ("=id", "booth__number")
    fields = ("booth", "application", "state", "released_at")


@admin.register(Review)
class ReviewAdmin(ReadOnly[Review]):
    """How far reviews are; scores and advice are the organizer's."""

    list_display = ("application", "discipline", "state")
    list_filter = ("state", "discipline")
    list_select_related = ("application",)
    search_fields = ("=id",)
    fields = ("application", "discipline", "state", "submitted_at")
