"""Calls for applications: seen by whoever sees the fair, edited by its coordinators."""

from __future__ import annotations

from typing import Any  # validated data

from django.db import models, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resources import Shown, person, visitor
from accounts.rules import require
from fairs import calling, rules
from fairs.api.plans import OfAFair
from fairs.models import Call
from fairs.serializers.calls import CallInput, CallSerializer, NewCallInput


class CallResource(Shown[Call]):
    """Calls, with their questions, criteria, quotas and fees."""

    serializer_class = CallSerializer
    takes = {"create": NewCallInput, "partial_update": CallInput}
    filterset_class = OfAFair

    def get_queryset(self) -> models.QuerySet[Call]:
        """Those of the fairs that the person may see."""
        calls: models.QuerySet[Call] = Call.objects.visible_to(visitor(self.request)).for_table()
        return calls

    def create(self, request: Request) -> Response:
        """Open a fair's call. Where the fair has one, it is changed."""
        values = self.values()
        fair = values.pop("fair")
        require(rules.may_plan, person(request), fair)
        with transaction.atomic():
            call = calling.open_call(fair, values=values, by=person(request))
            self._set_lists(call, values)
        return self.made(call)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a call. 409 `call-has-opened` for other questions while makers answer them."""
        call = self.get_object()
        require(rules.may_plan, person(request), call.fair)
        values = self.values()
        with transaction.atomic():
            calling.edit_call(call, values=values, by=person(request))
            self._set_lists(call, values)
        return self.shown(call)

    def _set_lists(self, call: Call, values: dict[str, Any]) -> None:
        if "questions" in values:
            calling.set_questions(call, values["questions"], by=person(self.request))
        if "criteria" in values:
            calling.set_criteria(call, values["criteria"], by=person(self.request))
