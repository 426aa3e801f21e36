"""Row locks, always in the order fair, call, application, booth, and by id within each."""

from django.db import models, transaction


def lock(*rows: models.Model) -> None:
    """Lock these rows until the transaction ends, and read them anew.

    FOR NO KEY UPDATE, so that rows which only point at them can still be written.
    Raises DoesNotExist if a row is gone, RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a lock is held until the end of a transaction, and there is none")
    for row in sorted(rows, key=lambda one: str(one.pk)):
        row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update(no_key=True))
