"""Model fields that clean what comes in, so that no control character ever reaches a row."""

from typing import Any  # the signature of Field.get_prep_value is Django's

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.text import clean


class LineField(models.CharField[str, str]):
    """One line of text without control characters."""

    description = _("A line of text")

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The value as it will be stored; raises ValidationError."""
        return super().clean(clean(value) if isinstance(value, str) else value, model_instance)

    def get_prep_value(self, value: Any) -> Any:
        """The value as the database keeps it."""
        value = super().get_prep_value(value)
        return clean(value) if isinstance(value, str) else value


class ProseField(models.TextField[str, str]):
    """Text of several lines without control characters but the line feed and tab."""

    description = _("A text")

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The value as it will be stored; raises ValidationError."""
        return super().clean(clean(value, multiline=True) if isinstance(value, str) else value, model_instance)

    def get_prep_value(self, value: Any) -> Any:
        """The value as the database keeps it."""
        value = super().get_prep_value(value)
        return clean(value, multiline=True) if isinstance(value, str) else value


class WebField(models.URLField[str, str]):
    """An address that pages link to: https or http, since others (javascript:, data:, ftp:) lead readers astray."""

    description = _("A web address")
    default_validators = [URLValidator(schemes=["http", "https"])]


def leads_to_the_web(name: str) -> Q:
    """What the database asks of such a column: blank, or one of the two schemes."""
    return Q(**{name: ""}) | Q(**{f"{name}__iregex": r"^https?://"})
