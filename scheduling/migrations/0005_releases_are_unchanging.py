"""A release of a programme is evidence of what was public: the database refuses to change or remove it."""

from django.db import migrations

GUARD = """
CREATE FUNCTION releases_are_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a release is unchanging: % is refused', TG_OP
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'releases_are_unchanging';
END $$;

CREATE TRIGGER releases_are_unchanging BEFORE UPDATE OR DELETE ON scheduling_release
  FOR EACH ROW EXECUTE FUNCTION releases_are_unchanging();
CREATE TRIGGER releases_are_not_emptied BEFORE TRUNCATE ON scheduling_release
  FOR EACH STATEMENT EXECUTE FUNCTION releases_are_unchanging();
"""

BACK = """
DROP TRIGGER releases_are_not_emptied ON scheduling_release;
DROP TRIGGER releases_are_unchanging ON scheduling_release;
DROP FUNCTION releases_are_unchanging();
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0004_entries_feeds_replies")]

    operations = [migrations.RunSQL(GUARD, BACK)]
