"""What a company says of itself: its profile, its products, and who acts for it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import require
from core.errors import DomainError, Unfit
from exhibitors import joining, rules, showing
from exhibitors.models import CompanyMember, Product
from web.company.forms import CompanyForm, MemberForm, ProductForm, town_choices
from web.company.own import MemberRequest, for_members
from web.paging import page_of

PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def profile(request: MemberRequest) -> HttpResponse:
    """The company's page as its members write it."""
    if request.method != "POST":
        return _show_profile(request, CompanyForm(initial=CompanyForm.kept(request.company)))
    form = CompanyForm(request.POST)
    if form.is_valid():
        try:
            showing.edit_company(request.company, form.cleaned_data, by=request.user)
        except Unfit as error:
            form.add_gaps(error.gaps)
        else:
            messages.success(request, _("Saved. Everybody sees it on your public page."))
            return redirect("company:profile")
    return _show_profile(request, form, status=422)


@require_http_methods(["GET", "HEAD"])
@for_members
def products(request: MemberRequest) -> HttpResponse:
    """All products that are still made."""
    own = Product.objects.on_show().filter(company=request.company).for_table().order_by("name_zh", "pk")
    return render(
        request, "company/products.html", {**_frame(request, "products"), "page": page_of(request, own, size=PAGE)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def product_new(request: MemberRequest) -> HttpResponse:
    """Show one more product."""
    if request.method != "POST":
        start = {"town": CompanyForm.kept(request.company)["town"], "category": request.company.category_id}
        return _show_product(request, ProductForm(initial=start), None)
    form = ProductForm(request.POST)
    if form.is_valid():
        try:
            showing.add_product(request.company, form.cleaned_data, by=request.user)
        except Unfit as error:
            form.add_gaps(error.gaps)
        else:
            messages.success(request, _("The product is on show."))
            return redirect("company:products")
    return _show_product(request, form, None, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def product_edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Change a product."""
    product = _own_product(request, slug)
    if request.method != "POST":
        return _show_product(request, ProductForm(initial=ProductForm.kept(product)), product)
    form = ProductForm(request.POST)
    if form.is_valid():
        try:
            showing.edit_product(product, form.cleaned_data, by=request.user)
        except Unfit as error:
            form.add_gaps(error.gaps)
        else:
            messages.success(request, _("The product is saved."))
            return redirect("company:products")
    return _show_product(request, form, product, status=422)


@require_POST
@for_members
def product_retire(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a product no more."""
    showing.retire_product(_own_product(request, slug), by=request.user)
    messages.success(request, _("The product is no longer shown."))
    return redirect("company:products")


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def members(request: MemberRequest) -> HttpResponse:
    """Who acts for the company; its owner invites others by mail."""
    if request.method != "POST":
        return _show_members(request, MemberForm())
    require(rules.may_manage_members, request.user, request.company)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            joining.invite(request.company, form.cleaned_data["email"], by=request.user)
        except Unfit as error:
            form.add_gaps(error.gaps)
        except DomainError as error:
            form.add_error("email", error.message)
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("company:members")
    return _show_members(request, form, status=422)


@require_POST
@for_members
def member_remove(request: MemberRequest, pk: UUID) -> HttpResponse:
    """End a person's right to act for the company, at once."""
    require(rules.may_manage_members, request.user, request.company)
    joining.remove(_member(request, pk), by=request.user)
    messages.success(request, _("This person no longer acts for the company."))
    return redirect("company:members")


@require_POST
@for_members
def member_promote(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Let a member manage the members too."""
    require(rules.may_manage_members, request.user, request.company)
    joining.make_owner(_member(request, pk), by=request.user)
    messages.success(request, _("This person is an owner now."))
    return redirect("company:members")


def _own_product(request: MemberRequest, slug: str) -> Product:
    own = Product.objects.of(request.user).on_show().select_related("town__county", "category", "company")
    product: Product = get_object_or_404(own, slug=slug)
    return product


def _member(request: MemberRequest, pk: UUID) -> CompanyMember:
    return get_object_or_404(CompanyMember.objects.select_related("company"), pk=pk, company=request.company)


def _show_profile(request: MemberRequest, form: CompanyForm, *, status: int = 200) -> HttpResponse:
    context = {**_frame(request, "profile"), "form": form, "towns": town_choices()}
    return render(request, "company/profile.html", context, status=status)


def _show_product(
    request: MemberRequest, form: ProductForm, product: Product | None, *, status: int = 200
) -> HttpResponse:
    context = {**_frame(request, "products"), "form": form, "product": product, "towns": town_choices()}
    return render(request, "company/product.html", context, status=status)


def _show_members(request: MemberRequest, form: MemberForm, *, status: int = 200) -> HttpResponse:
    context = {
        **_frame(request, "members"),
        "form": form,
        "members": request.company.members.select_related("user").order_by("created_at"),
        "invites": request.company.invites.filter(used_at=None).order_by("-created_at")[:PAGE],
        "may_manage": rules.may_manage_members(request.user, request.company),
    }
    return render(request, "company/members.html", context, status=status)


def _frame(request: MemberRequest, tab: str) -> dict[str, Any]:
    return {"company": request.company, "companies": request.companies, "tab": tab}
