"""The database role of web and workers: it may do the daily work, but not rewrite the journal.

The owner of the tables can switch triggers off; whoever breaks into a web process must not. So migrations run as the
owner, and everything else as a role with fewer rights.
"""

from django.db import connection, transaction
from psycopg import sql

# Tables that are written once; what may still be set stands beside them.
WRITTEN_ONCE = {
    "accounts_change": ("position", "reason", "facts"),
    "scheduling_release": ("note_zh", "note_en", "programme"),
}


def exists(role: str) -> bool:
    """Whether there is such a role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        return cursor.fetchone() is not None


@transaction.atomic
def grant(role: str, *, password: str | None = None) -> None:
    """Make the role if it is not there, and give it exactly the rights of the daily work. Safe to run again.

    Without a password the role signs in as pg_hba.conf allows (embedded mode: over the socket).
    """
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        verb = sql.SQL("ALTER" if exists(role) else "CREATE")
        secret = sql.SQL("PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("")
        statements = [
            sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS {}").format(verb, name, secret),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name),
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
            sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(name),
        ]
        for table, columns in WRITTEN_ONCE.items():
            statements.append(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name)
            )
            if columns:
                listed = sql.SQL(", ").join(map(sql.Identifier, columns))
                statements.append(sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(listed, sql.Identifier(table), name))
        for statement in statements:
            cursor.execute(statement)
