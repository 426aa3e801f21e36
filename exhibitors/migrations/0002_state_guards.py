"""A state moves only with a line in the journal: the database refuses the commit otherwise."""

from django.db import migrations

GUARDS = """
CREATE CONSTRAINT TRIGGER state_moves_are_journalled AFTER INSERT OR UPDATE ON exhibitors_application
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION state_moves_are_journalled('exhibitors.application', 'draft');
CREATE CONSTRAINT TRIGGER state_moves_are_journalled AFTER INSERT OR UPDATE ON exhibitors_review
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION state_moves_are_journalled('exhibitors.review', 'assigned');
CREATE CONSTRAINT TRIGGER state_moves_are_journalled AFTER INSERT OR UPDATE ON exhibitors_placement
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION state_moves_are_journalled('exhibitors.placement', 'held');
"""

BACK = """
DROP TRIGGER state_moves_are_journalled ON exhibitors_application;
DROP TRIGGER state_moves_are_journalled ON exhibitors_review;
DROP TRIGGER state_moves_are_journalled ON exhibitors_placement;
"""


class Migration(migrations.Migration):
    dependencies = [("exhibitors", "0001_initial"), ("accounts", "0002_journal_guards")]

    operations = [migrations.RunSQL(GUARDS, BACK)]
