"""The public floor plan: halls, who stands where, and the same as a table."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.text import clean
from exhibitors.models import Company
from fairs.models import Booth
from web.public.directory import QUERY, matching
from web.public.fairs import frame_of, visible_fair
from web.public.plans import confirmed_on, plan_of, public_marks


@dataclass(frozen=True, slots=True)
class Stand:
    """A booth and who stands there, None where nobody has confirmed."""

    booth: Booth
    company: Company | None

    @property
    def letter(self) -> str:
        """Of its zone; empty where it is in none."""
        return self.booth.zone.letter if self.booth.zone else ""


@require_safe
def floorplan(request: HttpRequest, slug: str) -> HttpResponse:
    """A hall as a drawing whose booths are links, and as a list; one booth may be chosen, or makers looked for."""
    fair = visible_fair(request, slug)
    halls = list(fair.halls.order_by("key"))
    asked = clean(request.GET.get("booth", ""))[:12]
    words = clean(request.GET.get("q", ""))[:QUERY]
    booths = list(Booth.objects.filter(fair=fair).for_plan())
    confirmed = confirmed_on(fair)
    stands = [
        Stand(booth, confirmed[booth.number].application.company if booth.number in confirmed else None)
        for booth in booths
    ]
    chosen = next((stand for stand in stands if stand.booth.number == asked), None)
    wanted = request.GET.get("hall", "")
    hall = next((one for one in halls if one.key == wanted or (chosen and one.pk == chosen.booth.hall_id)), None)
    hall = hall or (halls[0] if halls else None)
    here = [booth for booth in booths if hall and booth.hall_id == hall.pk]
    marks = public_marks(fair, here, confirmed, chosen=asked)
    plan = plan_of(fair, hall, marks=marks, booths=here) if hall else None
    makers = [stand for stand in stands if stand.company]
    return render(
        request,
        "public/floorplan.html",
        {
            **frame_of(fair),
            "halls": halls,
            "hall": hall,
            "plan": plan,
            "patterns": {zone.letter: zone.pattern for zone in plan.zones} if plan else {},
            "stands": stands,
            "makers": _found(makers, words) if words else makers,
            "maker_count": len({stand.company.pk for stand in makers if stand.company}),
            "chosen": chosen,
            "words": words,
        },
    )


def _found(stands: list[Stand], words: str) -> list[Stand]:
    """Those whose booth, maker, craft or town bears the words."""
    fields = ("name_zh", "name_en", "category__name_zh", "category__name_en", "town__name_zh", "town__name_en")
    keys = [stand.company.pk for stand in stands if stand.company]
    found = set(Company.objects.filter(matching(words, *fields), pk__in=keys).values_list("pk", flat=True))
    return [
        stand
        for stand in stands
        if stand.company and (stand.company.pk in found or stand.booth.number.lower() == words.lower())
    ]
