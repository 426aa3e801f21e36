"""Row locks, always in the order fair, call, application, booth, and by id within each."""

from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.utils.translation import gettext as _

from core.errors import Gone
from core.models import Versioned


def lock(*rows: models.Model) -> None:
    """Lock these rows until the transaction ends, and read them anew.

    FOR NO KEY UPDATE, so that rows which only point at them can still be written.
    Raises Gone if a row was removed, Stale if one is not of the version that was expected, RuntimeError outside a
    transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a lock is held until the end of a transaction, and there is none")
    for row in sorted(rows, key=lambda one: str(one.pk)):
        try:
            row.refresh_from_db(from_queryset=row._meta.model._default_manager.select_for_update(no_key=True))
        except ObjectDoesNotExist as error:
            raise Gone(_("This was removed meanwhile.")) from error
        if isinstance(row, Versioned):
            row.meet_expectation()
