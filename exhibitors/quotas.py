"""The limits that a call sets to how its booths are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count

from exhibitors.models import Application, Placement
from fairs.models import Booth, Call


@dataclass(frozen=True, slots=True)
class CountyShare:
    """How many of a fair's booths the makers of one county may hold (None: any number), and how many they do."""

    most: int | None
    held: Counter[str] = field(default_factory=Counter)

    def allows(self, application: Application, booths: Sequence[Booth]) -> bool:
        """Whether these booths keep the share. One maker of a county is always welcome, however small the fair."""
        held = self.held[application.company.town.county_id]
        return self.most is None or held == 0 or held + len(booths) <= self.most


def county_share(call: Call) -> CountyShare:
    """What the call's `county_max_share` of all booths of the fair leaves. Two queries at most."""
    if call.county_max_share >= 1:
        return CountyShare(None)
    booths = Booth.objects.filter(fair=call.fair_id).count()
    held = (
        Placement.objects.held()
        .filter(booth__fair=call.fair_id)
        .order_by()
        .values_list("application__company__town__county")
        .annotate(Count("pk"))
    )
    return CountyShare(int(booths * call.county_max_share), Counter(dict(held)))
