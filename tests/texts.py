"""The columns in which people write, found by looking at the models, so that a new one is not forgotten."""

from django.apps import apps
from django.db import models

from accounts.models import User

# Columns in which nobody's words can stand, for the house itself writes them.
OWN_WORDS = {
    *("accounts.Attempt.key", "accounts.Change.kind", "accounts.Change.about_label", "accounts.Change.before"),
    *("accounts.Change.after", "accounts.Change.request_id", "accounts.IdempotencyKey.key"),
    *("accounts.IdempotencyKey.body_hash", "accounts.User.password", "accounts.User.country"),
    *("admin.LogEntry.object_id", "accounts.Organizer.county_code"),
    *("exhibitors.Application.returned_fields", "exhibitors.Application.booth_wishes"),
    *("exhibitors.Company.postal_code", "exhibitors.Company.phone_ext"),
    *("fairs.Booth.number", "fairs.Call.currency", "fairs.County.kind", "fairs.County.region", "fairs.Hall.key"),
    *("fairs.Town.postal_code", "fairs.Town.admin_type", "fairs.Venue.postal_code", "fairs.Venue.country"),
    *("fairs.Venue.time_zone", "fairs.Zone.letter"),
    *("scheduling.StaleKey.key", "sessions.Session.session_data", "worker.Unread.kind", "worker.Suppression.kind"),
    *("worker.Message.kind", "worker.Message.cause", "worker.Message.calendar_method", "worker.Message.request_id"),
    *("worker.Handling.reaction", "worker.Batch.cursor", "worker.Batch.reaction"),
    *("scheduling.Entry.tzid", "scheduling.Entry.keys", "scheduling.Entry.left_keys", "scheduling.Feed.key"),
    *("scheduling.Feed.etag", "account.EmailConfirmation.key"),
}
# Addresses of mail: some of them say who somebody is, so they are not filled with anything.
ADDRESSES = {
    *("accounts.Organizer.email", "account.EmailAddress.email", "exhibitors.Company.email"),
    *("worker.Message.recipient", "worker.Suppression.email", "scheduling.Invitation.email"),
    *("accounts.MembershipInvite.email", "exhibitors.CompanyInvite.email"),
}
WITHOUT_PEOPLE = {"auth", "contenttypes"}


def written_by_people() -> list[models.Field]:
    """Every column of the house in which people write: texts, JSON and lists of texts."""
    fields = [field for model in apps.get_models() for field in model._meta.local_concrete_fields]
    return [field for field in fields if _is_free(field)]


def is_name_of_a_thing(field: models.Field) -> bool:
    """What companies, fairs and towns are called; people are called something, too, but may be forgotten."""
    return field.name in ("name_zh", "name_en") and field.model is not User


def _is_free(field: models.Field) -> bool:
    content = getattr(field, "base_field", field)
    is_text = isinstance(content, models.CharField | models.TextField | models.JSONField)
    is_own = field.primary_key or field.unique or field.choices or isinstance(field, models.SlugField)
    label = f"{field.model._meta.label}.{field.name}"
    return is_text and not (is_own or label in OWN_WORDS or field.model._meta.app_label in WITHOUT_PEOPLE)
