"""A state moves only with a line in the journal: the database refuses the commit otherwise."""

from django.db import migrations

GUARDS = """
CREATE CONSTRAINT TRIGGER state_moves_are_journalled AFTER INSERT OR UPDATE ON scheduling_session
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION state_moves_are_journalled('scheduling.session', 'draft');
CREATE CONSTRAINT TRIGGER state_moves_are_journalled AFTER INSERT OR UPDATE ON scheduling_invitation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION state_moves_are_journalled('scheduling.invitation', 'pending');
"""

BACK = """
DROP TRIGGER state_moves_are_journalled ON scheduling_session;
DROP TRIGGER state_moves_are_journalled ON scheduling_invitation;
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial"), ("accounts", "0002_journal_guards")]

    operations = [migrations.RunSQL(GUARDS, BACK)]
