"""What the database itself refuses around erasing: to bring a person back, and to redact more than is asked for."""

from django.db import migrations

ERASED = """
CREATE FUNCTION erased_stays_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A request that read the person before would otherwise save name and address again.
  RAISE EXCEPTION 'an erased person stays erased'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erased_stays_erased';
END $$;

CREATE TRIGGER erased_stays_erased BEFORE UPDATE ON accounts_user
  FOR EACH ROW WHEN (OLD.erased_at IS NOT NULL AND OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION erased_stays_erased();
"""

UNERASED = """
DROP TRIGGER erased_stays_erased ON accounts_user;
DROP FUNCTION erased_stays_erased();
"""

REDACT = """
CREATE OR REPLACE FUNCTION journal_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    -- The position is set once, by the worker that unfolds.
    IF OLD.position IS NULL AND NEW.position IS NOT NULL THEN
      OLD.position := NEW.position;
      IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
    -- A reason and facts are blanked only beside a change that says so, in the same transaction. No fact goes or comes.
    ELSIF NEW.reason = '' AND NOT EXISTS (
      SELECT 1 FROM jsonb_each(OLD.facts) AS was FULL JOIN jsonb_each(NEW.facts) AS now USING (key)
      WHERE was.value IS NULL OR now.value IS NULL OR (now.value <> was.value AND now.value <> '""'::jsonb)
    ) AND EXISTS (
      SELECT 1 FROM accounts_change
      -- About the same thing, for which there is an index.
      WHERE about_id = OLD.about_id AND xid = journal_xid() AND kind = 'change.redacted'
        AND facts ->> 'change' = OLD.id::text
    ) THEN
      OLD.reason := '';
      OLD.facts := NEW.facts;
      IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
    END IF;
  END IF;
  RAISE EXCEPTION 'the journal is written once: % of a change is refused', TG_OP
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'journal_is_written_once';
END $$;
"""

REDACT_REASONS_ALONE = """
CREATE OR REPLACE FUNCTION journal_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.position IS NULL AND NEW.position IS NOT NULL THEN
      OLD.position := NEW.position;
      IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
    ELSIF NEW.reason = '' AND EXISTS (
      SELECT 1 FROM accounts_change
      WHERE xid = journal_xid() AND kind = 'change.redacted' AND facts ->> 'change' = OLD.id::text
    ) THEN
      OLD.reason := '';
      IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
    END IF;
  END IF;
  RAISE EXCEPTION 'the journal is written once: % of a change is refused', TG_OP
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'journal_is_written_once';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_a_person_can_be_erased")]

    operations = [migrations.RunSQL(ERASED, UNERASED), migrations.RunSQL(REDACT, REDACT_REASONS_ALONE)]
