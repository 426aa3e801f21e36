"""Why a file or a row was refused, in words: what is the case, and what to do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Reasons = Mapping[str, Promise]

FILE_REASONS: Reasons = {
    "empty_file": _("The file is empty. Save it once more and choose it again."),
    "no_rows": _("There are headings but no rows under them. Fill in at least one row."),
    "bad_encoding": _(
        "The text can’t be read, or the first row has no heading that we know. Save the file as “CSV UTF-8” and keep"
        " the headings of the form."
    ),
    "not_xlsx": _("This is no Excel workbook (.xlsx). Open it in a spreadsheet and save it as .xlsx or CSV UTF-8."),
    "missing_column": _("Columns that we need are missing: %(columns)s. Add them, in any order."),
    "duplicate_column": _("Two columns say the same thing: %(columns)s. Delete one of them."),
    "unpacks_too_large": _("The workbook holds more than 20 MB. Split it into several files."),
    "file_too_large": _("The file is larger than 20 MB. Split it into several files."),
    "too_many_rows": _("The file has more than 20,000 rows. Split it into several files."),
    "unclosed_quote": _("A quotation mark is opened in line %(line)s and never closed. Close or remove it."),
    "unknown_column": _("The column “%(column)s” is not known and was passed over."),
}

CELL_REASONS: Reasons = {
    "required": _("This must be filled in."),
    "formula_cell": _("A formula, or text that begins like one (= + - @). Type the value itself."),
    "lost_character": _("A character was lost when the file was saved. Type it again and save as CSV UTF-8 or .xlsx."),
    "too_long": _("This is too long. Shorten it."),
    "beyond_headings": _("The row has more cells than there are headings. Put text with commas in quotation marks."),
    "duplicate_in_file": _("An earlier row of this file says the same. Keep one of them."),
    "already_exists": _("This is here already. Delete the row, or edit the entry itself."),
    "date_format": _("This is no day. Write it like 2026-03-05 or 115/03/05."),
    "not_a_number": _("This is no number. Use digits, like 2."),
    "over_limit": _("This number is beyond what is allowed."),
    "email_format": _("This is no e-mail address. Write it like name@example.com."),
    "phone_format": _("This is no telephone number of Taiwan. Write it with its area code, like 049-000-2009."),
}

ROW_NOTICES: Reasons = {
    "ubn_padded": _("Leading noughts of the UBN were put back."),
    "no_ubn": _("The maker has no UBN; its name and town stand for it."),
    "old_town_name": _("A former name of the county or town was read as today’s."),
    "updated": _("The entry is here already; the row updates it."),
}
