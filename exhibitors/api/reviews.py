"""Reviews: assigned by coordinators, handed in by experts."""

from __future__ import annotations

import django_filters
from django.db import models
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resources import Shown, person, visitor
from accounts.rules import require
from exhibitors import reviewing, rules
from exhibitors.models import Review
from exhibitors.serializers.applications import ReasonInput
from exhibitors.serializers.reviews import NewReviewInput, ReviewSerializer, ScoresInput


class ReviewFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """What reviews are found by."""

    application = django_filters.UUIDFilter(field_name="application_id")
    fair = django_filters.UUIDFilter(field_name="application__call__fair_id")

    class Meta:
        model = Review
        fields = ("state", "discipline")


class ReviewResource(Shown[Review]):
    """Own reviews, others' on the same application after own submission, and all of a coordinator's fairs."""

    permission_classes = (IsAuthenticated,)
    serializer_class = ReviewSerializer
    takes = {"create": NewReviewInput, "submit": ScoresInput, "recuse": ReasonInput}
    filterset_class = ReviewFilters

    def get_queryset(self) -> models.QuerySet[Review]:
        """What the person may see, marked with whether it is of own desk."""
        user = visitor(self.request)
        seen: models.QuerySet[Review] = Review.objects.visible_to(user).as_seen_by(user).for_table()
        return seen

    def create(self, request: Request) -> Response:
        """Ask an expert. 409 `conflict-of-interest`, `already-assigned`, `reviews-over`; 422 `unfit`."""
        user = person(request)
        values = self.values()
        application = values["application"]
        require(rules.may_assign, user, application)
        review = reviewing.assign(application, values["expert"], values["discipline"], by=user)
        return self.made(self._reread(review))

    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Hand in scores and advice. 409 `reviews-over`, `conflict-of-interest`; 422 `unfit` with all that is wrong."""
        review = self.get_object()
        require(rules.may_review, person(request), review)
        reviewing.submit(review, **self.values(), by=person(request))
        return self.shown(self._reread(review))

    @action(detail=True, methods=["post"])
    def recuse(self, request: Request, pk: str) -> Response:
        """Step back, with the reason; from then on the review is out of sight."""
        review = self.get_object()
        require(rules.may_review, person(request), review)
        reviewing.recuse(review, **self.values(), by=person(request))
        return self.shown(self._reread(review))

    def _reread(self, review: Review) -> Review:
        there: Review = Review.objects.as_seen_by(person(self.request)).for_table().get(pk=review.pk)
        return there
