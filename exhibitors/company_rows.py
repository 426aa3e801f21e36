"""The rows of files with companies: what their columns mean, and which are right."""

from collections.abc import Collection, Iterable, Mapping
from functools import partial

from django.utils.translation import gettext_lazy as _

from core.cells import Cell, CellRefused, code_text, day, free_text, mail_address, one_line
from core.importing import Column, Record
from core.reasons import Reasons
from core.telephone import telephone
from exhibitors.ubn import read_ubn
from fairs.gazetteer import Gazetteer
from fairs.place_rows import COUNTY, PLACE_REASONS, POSTCODE, TOWN, keep_postcode, keep_town

UBN_HEADINGS = ("統一編號", "統編", "公司統一編號", "unified business number", "business number", "tax id")

COMPANY_REASONS: Reasons = {
    **PLACE_REASONS,
    "ubn_format": _("A UBN has eight digits. Correct it, or leave it blank if the maker has none."),
    "ubn_checksum": _("This UBN fails its own check: a digit is wrong."),
    "unknown_category": _("There is no such category. Use a code or name from the list of categories."),
}


class CompanyImporter:
    """Companies that are not here yet, known by their UBN, or without one by name and town."""

    name = "import_companies"
    reasons = COMPANY_REASONS
    columns = (
        Column("ubn", UBN_HEADINGS, guarded=True),
        Column("name_zh", ("公司名稱", "名稱", "廠商名稱", "company", "company name"), obligatory=True, guarded=True),
        Column("name_en", ("英文名稱", "公司英文名稱", "english name"), guarded=True),
        COUNTY,
        TOWN,
        POSTCODE,
        Column("address_zh", ("地址", "公司地址", "address"), guarded=True),
        Column("phone", ("電話", "聯絡電話", "telephone")),
        Column("email", ("電子郵件", "電子信箱", "信箱", "e-mail"), obligatory=True),
        Column("category", ("類別", "產品類別"), obligatory=True),
        Column("founded_on", ("設立日期", "成立日期", "founded")),
        Column("story_zh", ("簡介", "公司簡介", "story")),
    )

    def __init__(
        self,
        *,
        gazetteer: Gazetteer,
        categories: Iterable[tuple[str, str, str]],
        ubns: Collection[str],
        names: Collection[tuple[str, str]],
    ) -> None:
        """`categories`: code and both names. `names`: name and town code of every company that is here."""
        self._gazetteer, self._ubns, self._names = gazetteer, ubns, names
        self._categories: Mapping[str, str] = {
            word.casefold(): code for code, zh, en in categories for word in (en, zh, code) if word
        }

    def read(self, record: Record) -> None:
        """One company."""
        ubn = keep_ubn(record)
        name = record.keep("name_zh", partial(one_line, max_length=80))
        record.keep("name_en", partial(one_line, max_length=120), blank="")
        town = keep_town(record, self._gazetteer)
        keep_postcode(record, town)
        record.keep("address_zh", partial(one_line, max_length=200), blank="")
        if record.has("phone"):
            record.values["phone"], record.values["phone_ext"] = record.take("phone", telephone) or ("", "")
        record.keep("email", mail_address)
        record.keep("category", self._category)
        record.keep("founded_on", day)
        record.keep("story_zh", partial(free_text, max_length=1000), blank="")
        name_and_town = (name, town.code) if name is not None and town is not None else None
        if ubn:
            record.claim("ubn", ubn, exists=ubn in self._ubns)
            record.claims.append(name_and_town)  # a later row without UBN is then the same company
        elif ubn is not None and name_and_town is not None:
            record.claim("name_zh", name_and_town, exists=name_and_town in self._names)

    def _category(self, cell: Cell) -> str:
        """A category's code, from the code or a name. `unknown_category`."""
        try:
            return self._categories[code_text(cell).casefold()]
        except KeyError:
            raise CellRefused("unknown_category")


def keep_ubn(record: Record) -> str | None:
    """Set `ubn`; "" with a notice if the maker has none, None if it was refused."""
    taken = record.take("ubn", read_ubn)
    if record.refuses("ubn"):
        return None
    ubn, was_padded = taken or ("", False)
    if was_padded:
        record.notice("ubn_padded")
    if not ubn:
        record.notice("no_ubn")
    record.values["ubn"] = ubn
    return ubn
