"""The forms of the floor plan at the desk. Power is asked in kilowatts and kept in watts."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.text import localized
from fairs.models import Booth, Category, Circuit, Hall, Zone
from web.company.forms import kilowatts_of, watts_of
from web.forms import HouseForm, MetresField, RowField, RowsField, TextField


class HallForm(HouseForm):
    """The area that the fair hires."""

    key = TextField(max_length=10)
    name_zh = TextField(max_length=80)
    name_en = TextField(max_length=80, required=False)
    width = MetresField()
    depth = MetresField()
    min_aisle = forms.DecimalField(max_digits=4, decimal_places=2, min_value=0)
    entrance_x = MetresField()
    entrance_y = MetresField()
    power_supply = forms.DecimalField(max_digits=8, decimal_places=3, min_value=0, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="hall-%s", **kwargs)
        self.say(
            {
                "key": (_("Short key"), _("Such as A.")),
                "name_zh": (_("Name"), ""),
                "name_en": (_("Name in English"), ""),
                "width": (_("Width (m)"), ""),
                "depth": (_("Depth (m)"), ""),
                "min_aisle": (_("Narrowest aisle (m)"), ""),
                "entrance_x": (_("Entrance, from the left (m)"), ""),
                "entrance_y": (_("Entrance, from the top (m)"), ""),
                "power_supply": (_("Power supply (kW)"), ""),
            }
        )

    @classmethod
    def kept(cls, hall: Hall) -> dict[str, Any]:
        """What the hall is now."""
        names = [name for name in cls.base_fields if name != "power_supply"]
        supply = hall.power_supply
        return {
            **{name: getattr(hall, name) for name in names},
            "power_supply": kilowatts_of(supply) if supply is not None else None,
        }

    def values(self) -> dict[str, Any]:
        """As the activity takes it, power in watts."""
        supply = self.cleaned_data["power_supply"]
        return {**self.cleaned_data, "power_supply": watts_of(supply) if supply is not None else None}


class ZoneForm(HouseForm):
    """A part of the fair for some categories."""

    letter = TextField(max_length=4)
    name_zh = TextField(max_length=80)
    name_en = TextField(max_length=80, required=False)
    categories = RowsField(Category.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="zone-%s", **kwargs)
        self.say(
            {
                "letter": (_("Letter"), _("Such as T.")),
                "name_zh": (_("Name"), ""),
                "name_en": (_("Name in English"), ""),
                "categories": (_("Categories"), _("None means all.")),
            }
        )
        self.offer("categories", Category.objects.all())


class CircuitForm(HouseForm):
    """An electric circuit of a hall."""

    name = TextField(max_length=20)
    supply = forms.DecimalField(max_digits=7, decimal_places=3, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="circuit-%s", **kwargs)
        self.fields["name"].label = _("Name of the circuit")
        self.fields["supply"].label = _("Supply (kW)")


class PlacedForm(HouseForm):
    """What blocks and single booths have in common."""

    zone = RowField(Zone.objects.none(), says=lambda one: f"{one.letter} {localized(one, 'name')}", required=False)
    circuit = RowField(
        Circuit.objects.none(), says=lambda one: f"{one.name}, {kilowatts_of(one.supply)} kW", required=False
    )
    power = forms.DecimalField(max_digits=6, decimal_places=3, min_value=0, required=False)
    has_water = forms.BooleanField(required=False)
    allows_flame = forms.BooleanField(required=False)

    def __init__(self, hall: Hall, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("zone", Zone.objects.filter(fair=hall.fair_id).order_by("letter"))
        self.offer("circuit", Circuit.objects.filter(hall=hall).order_by("name"))
        self.say(
            {
                "zone": _("Zone"),
                "circuit": _("Circuit"),
                "power": _("Power a booth (kW)"),
                "has_water": _("Water and drain"),
                "allows_flame": _("Open flame allowed"),
            }
        )


class GridForm(PlacedForm):
    """A block of booths by a few numbers."""

    block = TextField(max_length=6)
    rows = forms.IntegerField(min_value=1, max_value=100)
    columns = forms.IntegerField(min_value=1, max_value=100)
    booth_width = forms.DecimalField(max_digits=5, decimal_places=2, min_value=Decimal("0.5"))
    booth_depth = forms.DecimalField(max_digits=5, decimal_places=2, min_value=Decimal("0.5"))
    origin_x = MetresField()
    origin_y = MetresField()
    first_number = forms.IntegerField(min_value=1, max_value=999)
    field_order = (
        "block",
        "zone",
        "rows",
        "columns",
        "booth_width",
        "booth_depth",
        "origin_x",
        "origin_y",
        "first_number",
        "power",
        "circuit",
        "has_water",
        "allows_flame",
    )

    def __init__(self, hall: Hall, *args: Any, **kwargs: Any) -> None:
        super().__init__(hall, *args, auto_id="grid-%s", **kwargs)
        self.say(
            {
                "block": (_("Letter of the block"), _("Such as A: the booths are A01, A02, …")),
                "rows": (_("Rows"), ""),
                "columns": (_("Booths a row"), ""),
                "booth_width": (_("Width of a booth (m)"), ""),
                "booth_depth": (_("Depth of a booth (m)"), ""),
                "origin_x": (_("From the left (m)"), ""),
                "origin_y": (_("From the top (m)"), ""),
                "first_number": (_("First number"), ""),
            }
        )


class BoothForm(PlacedForm):
    """One booth."""

    number = TextField(max_length=12)
    x = MetresField()
    y = MetresField()
    width = forms.DecimalField(max_digits=5, decimal_places=2, min_value=Decimal("0.5"))
    depth = forms.DecimalField(max_digits=5, decimal_places=2, min_value=Decimal("0.5"))
    field_order = ("number", "zone", "x", "y", "width", "depth", "power", "circuit", "has_water", "allows_flame")

    def __init__(self, hall: Hall, *args: Any, **kwargs: Any) -> None:
        super().__init__(hall, *args, auto_id="booth-%s", **kwargs)
        self.say(
            {
                "number": pgettext("of a booth", "Number"),
                "x": _("From the left (m)"),
                "y": _("From the top (m)"),
                "width": _("Width (m)"),
                "depth": _("Depth (m)"),
            }
        )

    @classmethod
    def kept(cls, booth: Booth) -> dict[str, Any]:
        """What the booth is now."""
        return {
            **{
                name: getattr(booth, name)
                for name in ("number", "x", "y", "width", "depth", "has_water", "allows_flame")
            },
            "zone": booth.zone_id,
            "circuit": booth.circuit_id,
            "power": kilowatts_of(booth.power),
        }
