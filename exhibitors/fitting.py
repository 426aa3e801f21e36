"""Whether booths fit an application: needs, zone, and that several booths are one stand."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import Gap
from core.text import localized
from exhibitors.models import Application
from fairs.models import Booth


def find_misfits(application: Application, booths: Sequence[Booth]) -> list[Gap]:
    """Everything that speaks against these booths for this application; empty if they fit.

    Water at one of them is enough, flame must be allowed at all, power adds up. Reads each booth's `zone.categories`.
    """
    if not booths:
        return [Gap("booths", _("Choose a booth."))]
    reasons = []
    if any(booth.fair_id != application.call.fair_id for booth in booths):
        reasons.append(_("A booth of another fair is among them."))
    if len(booths) > application.booths_wanted:
        wanted = application.booths_wanted
        reasons.append(ngettext("The company asked for %d booth.", "The company asked for %d booths.", wanted) % wanted)
    if not are_one_stand(booths):
        reasons.append(_("Several booths must stand side by side in one zone and form a rectangle."))
    reasons += _utilities(application, booths) + _zones(application, booths)
    return [Gap("booths", reason) for reason in reasons]


def are_one_stand(booths: Sequence[Booth]) -> bool:
    """Whether the booths, of one hall and zone, together form one full rectangle."""
    if len({(booth.hall_id, booth.zone_id) for booth in booths}) != 1:
        return False
    width = max(booth.x + booth.width for booth in booths) - min(booth.x for booth in booths)
    depth = max(booth.y + booth.depth for booth in booths) - min(booth.y for booth in booths)
    # Booths never overlap (the database sees to it), so their areas fill the rectangle around them or leave a gap.
    return width * depth == sum(booth.area for booth in booths)


def share_a_wall(one: Booth, other: Booth) -> bool:
    """Whether two booths of one hall touch along a stretch of wall; corners do not count."""
    beside = one.x + one.width == other.x or other.x + other.width == one.x
    below = one.y + one.depth == other.y or other.y + other.depth == one.y
    same_rows = one.y < other.y + other.depth and other.y < one.y + one.depth
    same_columns = one.x < other.x + other.width and other.x < one.x + one.width
    return (beside and same_rows) or (below and same_columns)


def takes(booth: Booth, application: Application) -> bool:
    """Whether the booth's zone takes the company's category. A zone without categories takes all."""
    if booth.zone is None:
        return True
    categories = {category.pk for category in booth.zone.categories.all()}
    return not categories or application.company.category_id in categories


def _utilities(application: Application, booths: Sequence[Booth]) -> list[str]:
    reasons = []
    power = sum(booth.power for booth in booths)
    if power < application.power:
        reasons.append(
            _("The company needs %(needed)s W, and there are %(given)s W.")
            % {"needed": application.power, "given": power}
        )
    if application.needs_water and not any(booth.has_water for booth in booths):
        reasons.append(_("The company needs water, and there is none."))
    if application.needs_flame and not all(booth.allows_flame for booth in booths):
        reasons.append(_("The company works with an open flame, which is not allowed there."))
    return reasons


def _zones(application: Application, booths: Sequence[Booth]) -> list[str]:
    return [
        _("Zone “%(zone)s” of booth %(booth)s does not take %(category)s.")
        % {
            "zone": localized(booth.zone, "name"),
            "booth": booth.number,
            "category": localized(application.company.category, "name"),
        }
        for booth in booths
        if not takes(booth, application)
    ]
