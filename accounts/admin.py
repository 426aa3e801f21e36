"""The administration of people, organizers and roles, and the journal to read."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Change, Membership, Organizer, User
from core.administration import ReadOnly

# Roles are memberships; Django's groups would be a second place for rights.
admin.site.unregister(Group)


class NewUserForm(AdminUserCreationForm[User]):
    """An account for an address."""

    class Meta:
        model = User
        fields = ("email",)


class UserForm(UserChangeForm[User]):
    """What an administrator may mend of an account."""

    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    """People with an account."""

    add_form = NewUserForm
    form = UserForm
    ordering = ("email",)
    list_display = ("email", "name_zh", "name_en", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff", "is_superuser", "language")
    search_fields = ("email", "name_zh", "name_en")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (
            _("Person"),
            {
                "fields": (
                    "name_zh",
                    "name_en",
                    "language",
                    "phone",
                    "country",
                    "house_zh",
                    "house_en",
                    "title_zh",
                    "title_en",
                )
            },
        ),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody: `manage.py erase_person` empties the account, so that the journal still points at someone."""
        return False


@admin.register(Organizer)
class OrganizerAdmin(admin.ModelAdmin[Organizer]):
    """Bodies that run fairs. Their first coordinator is invited here; that one invites the others."""

    list_display = ("slug", "name_zh", "name_en", "email")
    search_fields = ("slug", "name_zh", "name_en")


@admin.register(Membership)
class MembershipAdmin(ReadOnly[Membership]):
    """Who works for whom; roles are given by invitation, so that the journal knows."""

    list_display = ("user", "organizer", "role", "discipline")
    list_filter = ("role", "organizer")
    list_select_related = ("user", "organizer")
    search_fields = ("user__email",)


@admin.register(Change)
class ChangeAdmin(ReadOnly[Change]):
    """The journal: what happened to what. What was said of it is the organizer's."""

    list_display = ("id", "at", "kind", "about_id", "by")
    list_filter = ("kind",)
    list_select_related = ("by",)
    search_fields = ("=about_id", "=fair_id", "kind")
    fields = ("position", "at", "kind", "about_label", "about_id", "organizer_id", "fair_id", "by", "before", "after")
    show_full_result_count = False
