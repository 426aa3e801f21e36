"""Pages of the API, by cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any  # DRF's own signatures

from django.core.exceptions import ValidationError
from django.db import DataError, models
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

if TYPE_CHECKING:
    # It reads the settings that name this module.
    from rest_framework.views import APIView


class CursorPages(CursorPagination):
    """Pages by cursor: stable while rows come and go. Ids sort by time, so the newest come first.

    A view names another order as `page_order`: fields of which the first is unique or nearly so.
    """

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_ordering(self, request: Request, queryset: models.QuerySet[Any], view: APIView) -> tuple[str, ...]:
        """What the view names, else the newest first."""
        return tuple(getattr(view, "page_order", ("-pk",)))

    def paginate_queryset(
        self, queryset: models.QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """One page. Raises NotFound for a cursor that we never made."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, DataError, ValidationError) as error:
            # The cursor's position is no value of the field by which we order.
            raise exceptions.NotFound(self.invalid_cursor_message) from error
