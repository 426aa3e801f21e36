"""The floor plan at the desk: halls, zones, blocks of booths, one booth, and what is wrong."""

from collections.abc import Callable
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.text import clean, localized
from exhibitors.models import Placement
from fairs import plancheck, planning
from fairs.models import Booth, Fair, Hall
from fairs.plandrawing import Mark
from fairs.planning.checking import check_halls
from web.company.forms import WATTS, watts_of
from web.desk.own import DeskRequest, at_desk, show, try_to
from web.desk.plan_forms import BoothForm, CircuitForm, GridForm, HallForm, ZoneForm
from web.forms import HouseForm
from web.public.plans import plan_of
from web.states import look


@require_safe
@at_desk
def floorplan(request: DeskRequest) -> HttpResponse:
    """The plan with every booth's state, its faults, and the forms that change it."""
    return _show(request, {})


@require_POST
@at_desk
def add_hall(request: DeskRequest) -> HttpResponse:
    """Hire another hall."""
    form = HallForm(request.POST)
    return _do(
        request,
        "hall",
        form,
        lambda: planning.add_hall(request.fair, values=form.values(), by=request.user),
        _("The hall is added. Now make its booths."),
    )


@require_POST
@at_desk
def edit_hall(request: DeskRequest, key: str) -> HttpResponse:
    """Change a hall, or take it out of the plan."""
    hall = _hall(request, key)
    if "remove" in request.POST:
        planning.remove_hall(hall, by=request.user)
        messages.success(request, _("The hall is taken out of the plan."))
        return redirect("desk:floorplan", slug=request.fair.slug)
    form = HallForm(request.POST)
    return _do(
        request,
        "edit_hall",
        form,
        lambda: planning.edit_hall(hall, values=form.values(), by=request.user),
        _("The hall is saved."),
        hall=hall,
    )


@require_POST
@at_desk
def add_zone(request: DeskRequest) -> HttpResponse:
    """Keep a part of the fair for some categories."""
    form = ZoneForm(request.POST)
    return _do(
        request,
        "zone",
        form,
        lambda: planning.add_zone(request.fair, values=form.cleaned_data, by=request.user),
        _("The zone is added."),
    )


@require_POST
@at_desk
def add_circuit(request: DeskRequest, key: str) -> HttpResponse:
    """Note a circuit and what it supplies."""
    hall = _hall(request, key)
    form = CircuitForm(request.POST)
    return _do(
        request,
        "circuit",
        form,
        lambda: planning.add_circuit(
            hall, name=form.cleaned_data["name"], supply=watts_of(form.cleaned_data["supply"]), by=request.user
        ),
        _("The circuit is added."),
        hall=hall,
    )


@require_POST
@at_desk
def make_grid(request: DeskRequest, key: str) -> HttpResponse:
    """Make a block of booths."""
    hall = _hall(request, key)
    form = GridForm(hall, request.POST)

    def act() -> object:
        values = {**form.cleaned_data, "power": watts_of(form.cleaned_data["power"])}
        return planning.make_grid(hall, **values, by=request.user)

    return _do(request, "grid", form, act, _("The booths are made."), hall=hall)


@require_POST
@at_desk
def edit_booth(request: DeskRequest, number: str) -> HttpResponse:
    """Change a booth, or take it out of the plan."""
    booth = _booth(request, number)
    if "remove" in request.POST:
        planning.remove_booths([booth], by=request.user)
        messages.success(request, _("Booth %s is taken out of the plan.") % booth.number)
        return redirect("desk:floorplan", slug=request.fair.slug)
    form = BoothForm(booth.hall, request.POST)

    def act() -> object:
        values = {**form.cleaned_data, "power": watts_of(form.cleaned_data["power"])}
        return planning.edit_booth(booth, values=values, by=request.user)

    return _do(request, "booth", form, act, _("The booth is saved."), hall=booth.hall, booth=booth)


@require_POST
@at_desk
def remove_block(request: DeskRequest, key: str) -> HttpResponse:
    """Take all booths of a hall whose number begins with these letters out of the plan, or none."""
    hall = _hall(request, key)
    block = clean(request.POST.get("block", ""))[:6]
    booths = (
        list(Booth.objects.filter(hall=hall, number__startswith=block).select_related("hall__fair")) if block else []
    )
    if booths:
        planning.remove_booths(booths, by=request.user)
        said = ngettext("%d booth is taken out of the plan.", "%d booths are taken out of the plan.", len(booths))
        messages.success(request, said % len(booths))
    else:
        messages.warning(request, _("No booth of this hall begins with these letters."))
    return redirect(f"{reverse('desk:floorplan', args=[request.fair.slug])}?hall={hall.key}")


def _hall(request: DeskRequest, key: str) -> Hall:
    return get_object_or_404(Hall.objects.select_related("fair__venue"), fair=request.fair, key=key)


def _booth(request: DeskRequest, number: str) -> Booth:
    own = Booth.objects.filter(fair=request.fair).select_related("hall__fair__venue", "zone", "circuit")
    booth: Booth = get_object_or_404(own, number=number)
    return booth


def _do(
    request: DeskRequest,
    name: str,
    form: HouseForm,
    act: Callable[[], object],
    said: str,
    *,
    hall: Hall | None = None,
    booth: Booth | None = None,
) -> HttpResponse:
    """Do what a form asks and show the plan; else the page again with what was typed and what is wrong."""
    if form.is_valid() and try_to(form, act):
        messages.success(request, said)
        place = f"?hall={hall.key}" if hall else ""
        return redirect(reverse("desk:floorplan", args=[request.fair.slug]) + place)
    return _show(
        request, {name: form}, hall_key=hall.key if hall else "", number=booth.number if booth else "", status=422
    )


def _show(
    request: DeskRequest, given: dict[str, HouseForm], *, hall_key: str = "", number: str = "", status: int = 200
) -> HttpResponse:
    fair = request.fair
    checked = check_halls(fair)
    number = number or clean(request.GET.get("booth", ""))[:12]
    booths = list(Booth.objects.filter(fair=fair).for_plan())
    chosen = next((booth for booth in booths if booth.number == number), None)
    hall_key = hall_key or request.GET.get("hall", "") or (chosen.hall.key if chosen else "")
    hall, faults = next(
        ((one, found) for one, found in checked if one.key == hall_key), checked[0] if checked else (None, [])
    )
    held = _held(fair)
    here = [booth for booth in booths if hall and booth.hall_id == hall.pk]
    context = {
        "halls": [(one, len(found)) for one, found in checked],
        "hall": hall,
        "plan": plan_of(fair, hall, marks=_marks(fair, here, held, number), booths=here, faults=faults)
        if hall
        else None,
        "faults": [planning.fault_text(fault) for fault in faults],
        "gaps_are": plancheck.FaultCode.AISLE_TOO_NARROW,
        "booths": [(booth, held.get(booth.number)) for booth in here],
        "chosen": chosen,
        "chosen_placement": held.get(number),
        "booth_count": len(here),
        "zones": fair.zones.order_by("letter"),
        "circuits": hall.circuits.order_by("name") if hall else [],
        "forms": {**_forms(hall, chosen), **given},
    }
    return show(request, "floorplan.html", "floorplan", context, status=status)


def _forms(hall: Hall | None, chosen: Booth | None) -> dict[str, HouseForm]:
    empty = {"width": 30, "depth": 20, "min_aisle": 3, "entrance_x": 15, "entrance_y": 0}
    forms_: dict[str, HouseForm] = {"hall": HallForm(initial=empty), "zone": ZoneForm(), "circuit": CircuitForm()}
    if hall is not None:
        start = {
            "rows": 2,
            "columns": 5,
            "booth_width": 3,
            "booth_depth": 3,
            "origin_x": 3,
            "origin_y": 3,
            "first_number": 1,
            "power": Decimal(1100) / WATTS,
        }
        forms_["grid"] = GridForm(hall, initial=start)
        forms_["edit_hall"] = HallForm(initial=HallForm.kept(hall))
    if chosen is not None:
        forms_["booth"] = BoothForm(chosen.hall, initial=BoothForm.kept(chosen))
    return forms_


def _held(fair: Fair) -> dict[str, Placement]:
    """Who holds which booth, by its number. One query."""
    held = Placement.objects.held().filter(booth__fair=fair).select_related("booth", "application__company")
    return {placement.booth.number: placement for placement in held}


def _marks(fair: Fair, booths: list[Booth], held: dict[str, Placement], chosen: str) -> dict[str, Mark]:
    address = reverse("desk:floorplan", args=[fair.slug])
    marks = {}
    for booth in booths:
        placement = held.get(booth.number)
        who = _("free")
        if placement:
            state = look("desk-application", placement.application.state).word
            who = f"{localized(placement.application.company, 'name')}, {state}"
        marks[booth.number] = Mark(
            label=f"{booth.number}, {who}",
            href=f"{address}?booth={booth.number}#booth",
            is_dashed=placement is None or placement.application.state == "offered",
            is_selected=booth.number == chosen,
        )
    return marks
