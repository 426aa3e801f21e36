"""A state moves only with a line in the journal: the database refuses the commit otherwise."""

from django.db import migrations

GUARDS = """
CREATE CONSTRAINT TRIGGER state_moves_are_journalled AFTER INSERT OR UPDATE ON worker_message
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION state_moves_are_journalled('worker.message', 'queued');
"""

BACK = """
DROP TRIGGER state_moves_are_journalled ON worker_message;
"""


class Migration(migrations.Migration):
    dependencies = [("worker", "0001_initial"), ("accounts", "0002_journal_guards")]

    operations = [migrations.RunSQL(GUARDS, BACK)]
