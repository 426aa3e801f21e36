"""Applications: filled in by companies, decided and placed by coordinators, checked in by staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any  # validated data

import django_filters
from django.db import models, transaction
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.resources import Shown, person, visitor
from accounts.rules import require
from exhibitors import answering, applying, deciding, placing, rules
from exhibitors.models import Application
from exhibitors.serializers.applications import (
    ApplicationInput,
    ApplicationSerializer,
    ExtendInput,
    MoveBoothsInput,
    NewApplicationInput,
    OfferInput,
    ReasonInput,
    ReturnInput,
    StageInput,
)


class ApplicationFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """What applications are found by. Never by what is decided in private."""

    call = django_filters.UUIDFilter(field_name="call_id")
    fair = django_filters.UUIDFilter(field_name="call__fair_id")
    company = django_filters.UUIDFilter(field_name="company_id")

    class Meta:
        model = Application
        fields = ("state", "number")


class ApplicationResource(Shown[Application]):
    """Applications of own companies, and those handed in to own fairs. States move by the moves alone."""

    permission_classes = (IsAuthenticated,)
    serializer_class = ApplicationSerializer
    takes = {
        "create": NewApplicationInput,
        "partial_update": ApplicationInput,
        "withdraw": ReasonInput,
        "decline": ReasonInput,
        "cancel": ReasonInput,
        "return_for_correction": ReturnInput,
        "extend": ExtendInput,
        "stage": StageInput,
        "offer": OfferInput,
        "move": MoveBoothsInput,
    }
    filterset_class = ApplicationFilters

    def get_queryset(self) -> models.QuerySet[Application]:
        """What the person may see, marked with how closely."""
        user = visitor(self.request)
        seen: models.QuerySet[Application] = Application.objects.visible_to(user).as_seen_by(user).for_reading()
        return seen

    def get_serializer_context(self) -> dict[str, Any]:
        """With the fair whose booths may be named, where an application is placed."""
        return {**super().get_serializer_context(), **getattr(self, "_place", {})}

    def create(self, request: Request) -> Response:
        """Start a draft. 409 `call-not-open`, `call-closed`, `already-applied`; 422 `unfit`."""
        user = person(request)
        values = self.values()
        call, company, answers = values.pop("call"), values.pop("company"), values.pop("answers", None)
        require(rules.may_apply, user, company)
        with transaction.atomic():
            application = applying.start(call, company, by=user)
            applying.save(application, values=values, answers=answers, by=user)
        return self.made(self._reread(application))

    def partial_update(self, request: Request, pk: str) -> Response:
        """Keep what was typed. 409 `not-editable`, `correction-over`; 422 `unfit` with everything that is wrong."""
        application = self._allowed(rules.may_edit_application)
        values = self.values()
        answers = values.pop("answers", None)
        applying.save(application, values=values, answers=answers, by=person(request))
        return self._now(application)

    # --- a company's moves

    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Hand in. 409 `call-closed`, `correction-over`; 422 `incomplete` with every gap."""
        application = self._allowed(rules.may_edit_application)
        applying.submit(application, by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the application back; its booths go to the next in line."""
        application = self._allowed(rules.may_edit_application)
        applying.withdraw(application, **self.values(), by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Make a draft of what was withdrawn, while the call is open."""
        application = self._allowed(rules.may_edit_application)
        applying.reopen(application, by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Take the offer. 409 `offer-over` after its deadline, `no-booth`."""
        application = self._allowed(rules.may_answer)
        answering.confirm(application, by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Turn the offer down; its booths go to the next in line."""
        application = self._allowed(rules.may_answer)
        answering.decline(application, **self.values(), by=person(request))
        return self._now(application)

    # --- a coordinator's moves

    @action(detail=True, methods=["post"], url_path="return")
    def return_for_correction(self, request: Request, pk: str) -> Response:
        """Send back for correction, with what, why and until when."""
        application = self._allowed(rules.may_decide)
        values = self.values()
        deciding.return_for_correction(application, values.pop("fields"), **values, by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk: str) -> Response:
        """Give more time to correct. 409 `not-returned`."""
        application = self._allowed(rules.may_decide)
        deciding.extend(application, **self.values(), by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        """Count what was returned as handed in as it is. 409 `not-returned`."""
        application = self._allowed(rules.may_decide)
        deciding.take_back(application, by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"])
    def stage(self, request: Request, pk: str) -> Response:
        """Note a decision in private. 409 `not-submitted`."""
        application = self._allowed(rules.may_decide)
        deciding.stage(application, **self.values(), by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"])
    def unstage(self, request: Request, pk: str) -> Response:
        """Take a private decision away again. 409 `not-submitted`."""
        application = self._allowed(rules.may_decide)
        deciding.unstage(application, by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"])
    def offer(self, request: Request, pk: str) -> Response:
        """Hold booths and offer them. 409 `booth-taken`, `fair-not-open`; 422 `does-not-fit` with every reason."""
        application = self._allowed(rules.may_decide)
        placing.offer(application, **self._values_at(application), by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        """Give other booths. 409 `booth-taken`, `not-placed`; 422 `does-not-fit` with every reason."""
        application = self._allowed(rules.may_decide)
        placing.move(application, **self._values_at(application), by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """End the application for the organizer, with a reason."""
        application = self._allowed(rules.may_decide)
        deciding.cancel(application, **self.values(), by=person(request))
        return self._now(application)

    # --- on the day

    @action(detail=True, methods=["post"])
    def attend(self, request: Request, pk: str) -> Response:
        """Note that the company came."""
        application = self._allowed(rules.may_check_in)
        answering.attend(application, by=person(request))
        return self._now(application)

    @action(detail=True, methods=["post"])
    def miss(self, request: Request, pk: str) -> Response:
        """Note that the company did not come."""
        application = self._allowed(rules.may_check_in)
        answering.miss(application, by=person(request))
        return self._now(application)

    def _allowed(self, rule: Callable[[User, Application], bool]) -> Application:
        """The application of the address, where the person may do this with it."""
        application = self.get_object()
        require(rule, person(self.request), application)
        return application

    def _values_at(self, application: Application) -> dict[str, Any]:
        self._place = {"fair": application.call.fair_id}
        return self.values()

    def _now(self, application: Application) -> Response:
        return self.shown(self._reread(application))

    def _reread(self, application: Application) -> Application:
        """As it stands after the move, with its booths."""
        there: Application = Application.objects.as_seen_by(person(self.request)).for_reading().get(pk=application.pk)
        return there
