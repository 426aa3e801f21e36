"""The database itself refuses a placement whose booth is of another fair than the application's call."""

from django.db import migrations

GUARD = """
CREATE FUNCTION placement_stands_at_its_fair() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM exhibitors_application application
    JOIN fairs_call call ON call.id = application.call_id
    JOIN fairs_booth booth ON booth.fair_id = call.fair_id
    WHERE application.id = NEW.application_id AND booth.id = NEW.booth_id
  ) THEN
    RAISE EXCEPTION 'booth % is not of the fair of application %', NEW.booth_id, NEW.application_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'placement_stands_at_its_fair';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER placement_stands_at_its_fair AFTER INSERT OR UPDATE OF application_id, booth_id
  ON exhibitors_placement FOR EACH ROW EXECUTE FUNCTION placement_stands_at_its_fair();
"""

BACK = """
DROP TRIGGER placement_stands_at_its_fair ON exhibitors_placement;
DROP FUNCTION placement_stands_at_its_fair();
"""


class Migration(migrations.Migration):
    dependencies = [("exhibitors", "0003_conflicts_of_interest")]

    operations = [migrations.RunSQL(GUARD, BACK)]
