"""The administration of people, organizers and roles, and the journal to read."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import memberships
from accounts.models import Change, Membership, Organizer, User
from core.administration import ReadOnly
from core.errors import DomainError

# Roles are memberships; Django's groups would be a second place for rights.
admin.site.unregister(Group)
# Its own log-in page would know nothing of our limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # Django's documented way


class NewUserForm(AdminUserCreationForm[User]):
    """An account for an address."""

    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        """In lower case, as all addresses are kept."""
        return str(self.cleaned_data["email"]).lower()


class UserForm(UserChangeForm[User]):
    """What an administrator may mend of an account."""

    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str:
        """In lower case, as all addresses are kept."""
        return str(self.cleaned_data["email"]).lower()


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


class OrganizerForm(forms.ModelForm[Organizer]):
    """An organizer, and whom to ask to plan its fairs."""

    coordinator = forms.EmailField(
        label=_("Invite a coordinator"),
        required=False,
        help_text=_("This address gets a mail with a link, good for 14 days and once."),
    )

    class Meta:
        model = Organizer
        fields = ("slug", "name_zh", "name_en", "email", "county_code")


@admin.register(Organizer)
class OrganizerAdmin(admin.ModelAdmin[Organizer]):
    """Bodies that run fairs. Their first coordinator is invited here; that one invites the others."""

    form = OrganizerForm
    list_display = ("slug", "name_zh", "name_en", "email")
    search_fields = ("slug", "name_zh", "name_en")

    def save_model(self, request: HttpRequest, obj: Organizer, form: forms.ModelForm[Organizer], change: bool) -> None:
        """Save, and invite whom the form names."""
        super().save_model(request, obj, form, change)
        email = form.cleaned_data["coordinator"]
        if email and isinstance(request.user, User):
            try:
                memberships.invite(obj, email, role=Membership.Role.COORDINATOR, by=request.user)
            except DomainError as error:
                messages.error(request, error.message)


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
