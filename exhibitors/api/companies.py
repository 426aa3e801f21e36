"""Companies and products: seen by everybody, edited by their members."""

from __future__ import annotations

from uuid import UUID

import django_filters
from django.db import models
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resources import Shown, person, visitor
from accounts.rules import require
from exhibitors import joining, rules, showing
from exhibitors.models import Company, Product
from exhibitors.serializers.companies import (
    CompanyInput,
    CompanySerializer,
    InviteSerializer,
    LinkInput,
    MemberSerializer,
    NewCompanyInput,
    NewProductInput,
    ProductInput,
    ProductSerializer,
)

_SAFE = ("GET", "HEAD", "OPTIONS")


class CompanyFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """What companies are found by."""

    county = django_filters.CharFilter(field_name="town__county")

    class Meta:
        model = Company
        fields = ("slug", "town", "category")


class CompanyResource(Shown[Company]):
    """Companies. Everybody reads what they show; only members change it, and only an owner manages members."""

    serializer_class = CompanySerializer
    takes = {
        "create": NewCompanyInput,
        "partial_update": CompanyInput,
        "members": InviteSerializer,
        "join": LinkInput,
    }
    filterset_class = CompanyFilters

    def get_queryset(self) -> models.QuerySet[Company]:
        """All to read; to change, those that the person acts for: others are as unknown as those that never were."""
        companies = Company.objects.as_seen_by(visitor(self.request)).for_table()
        if self.request.method in _SAFE and self.action != "members":
            return companies
        return companies.of(visitor(self.request))

    def create(self, request: Request) -> Response:
        """Sign up a company; the person who asks becomes its owner. 422 `unfit` with everything that is wrong."""
        company = joining.sign_up(person(request), **{"ubn": None, **self.values()})
        return self.made(self._reread(company))

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what the company says of itself."""
        company = self.get_object()
        require(rules.may_edit_company, person(request), company)
        showing.edit_company(company, self.values(), by=person(request))
        return self.shown(company)

    @extend_schema(methods=["get"], responses=MemberSerializer(many=True), filters=False)
    @extend_schema(methods=["post"], responses={201: InviteSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def members(self, request: Request, pk: str) -> Response:
        """Who acts for the company; or ask somebody to, by mail. 409 `already-member`, 429 `too-many-invites`."""
        person(request)
        company = self.get_object()
        if request.method == "POST":
            require(rules.may_manage_members, person(request), company)
            asked = joining.invite(company, self.values()["email"], by=person(request))
            return Response(InviteSerializer(asked).data, status=201)
        return Response(MemberSerializer(company.members.select_related("user"), many=True).data)

    @extend_schema(responses={204: None})
    @action(detail=True, methods=["delete"], url_path="members/<uuid:member>")
    def remove_member(self, request: Request, pk: str, member: UUID) -> Response:
        """End a person's right to act for the company. 409 `last-owner`."""
        company = self.get_object()
        require(rules.may_manage_members, person(request), company)
        joining.remove(get_object_or_404(company.members.select_related("company"), pk=member), by=person(request))
        return self.gone()

    @extend_schema(responses=MemberSerializer)
    @action(detail=True, methods=["post"], url_path="members/<uuid:member>/make-owner")
    def make_owner(self, request: Request, pk: str, member: UUID) -> Response:
        """Let a member manage the company's members too."""
        company = self.get_object()
        require(rules.may_manage_members, person(request), company)
        chosen = get_object_or_404(company.members.select_related("user", "company"), pk=member)
        joining.make_owner(chosen, by=person(request))
        return Response(MemberSerializer(chosen).data)

    @action(detail=False, methods=["post"])
    def join(self, request: Request) -> Response:
        """Act for the company that asked by mail. 403 `invite-for-other`, 409 `invite-gone`, `already-member`."""
        user = person(request)
        member = joining.accept(joining.from_link(self.values()["token"]), user)
        return self.shown(self._reread(member.company))

    def _reread(self, company: Company) -> Company:
        return Company.objects.as_seen_by(person(self.request)).for_table().get(pk=company.pk)


class ProductFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """What products are found by."""

    county = django_filters.CharFilter(field_name="town__county")
    company = django_filters.UUIDFilter(field_name="company_id")

    class Meta:
        model = Product
        fields = ("slug", "town", "category")


class ProductResource(Shown[Product]):
    """What companies make. A product is retired, never deleted: applications name it."""

    serializer_class = ProductSerializer
    takes = {"create": NewProductInput, "partial_update": ProductInput}
    filterset_class = ProductFilters

    def get_queryset(self) -> models.QuerySet[Product]:
        """Those on show, and own retired ones; to change, own ones."""
        products = Product.objects.for_table()
        user = visitor(self.request)
        return products.visible_to(user) if self.request.method in _SAFE else products.of(user)

    def create(self, request: Request) -> Response:
        """Show a new product."""
        person(request)
        values = self.values()
        company = values.pop("company")
        require(rules.may_edit_company, person(request), company)
        return self.made(showing.add_product(company, values, by=person(request)))

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a product."""
        product = self.get_object()
        require(rules.may_edit_company, person(request), product.company)
        showing.edit_product(product, self.values(), by=person(request))
        return self.shown(product)

    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """Show a product no more."""
        product = self.get_object()
        require(rules.may_edit_company, person(request), product.company)
        showing.retire_product(product, by=person(request))
        return self.shown(product)
