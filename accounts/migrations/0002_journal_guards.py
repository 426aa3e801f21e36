"""What the database itself refuses: to bend the journal, and to move a state without a line in it."""

from django.db import migrations

JOURNAL = """
CREATE FUNCTION journal_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    -- The position is set once, by the worker that unfolds.
    IF OLD.position IS NULL AND NEW.position IS NOT NULL THEN
      OLD.position := NEW.position;
      IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
    -- A reason is blanked only beside a change that says so, in the same transaction.
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

CREATE TRIGGER journal_is_written_once BEFORE UPDATE OR DELETE ON accounts_change
  FOR EACH ROW EXECUTE FUNCTION journal_is_written_once();
CREATE TRIGGER journal_is_not_emptied BEFORE TRUNCATE ON accounts_change
  FOR EACH STATEMENT EXECUTE FUNCTION journal_is_written_once();

CREATE FUNCTION change_is_of_its_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Nobody writes a line in another transaction's name, or into the past.
  NEW.xid := journal_xid();
  NEW.position := NULL;
  RETURN NEW;
END $$;

CREATE TRIGGER change_is_of_its_transaction BEFORE INSERT ON accounts_change
  FOR EACH ROW EXECUTE FUNCTION change_is_of_its_transaction();

-- Called by a deferred constraint trigger on each table with states, with the model's label and its first state.
CREATE FUNCTION state_moves_are_journalled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.state = TG_ARGV[1] THEN RETURN NULL; END IF;
  IF TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN RETURN NULL; END IF;
  IF NOT EXISTS (
    SELECT 1 FROM accounts_change
    WHERE about_id = NEW.id AND about_label = TG_ARGV[0] AND after = NEW.state AND xid = journal_xid()
      AND (TG_OP = 'INSERT' OR before = OLD.state)
  ) THEN
    RAISE EXCEPTION '% % became % without a change in the journal', TG_ARGV[0], NEW.id, NEW.state
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'state_moves_are_journalled';
  END IF;
  RETURN NULL;
END $$;
"""

BACK = """
DROP TRIGGER change_is_of_its_transaction ON accounts_change;
DROP TRIGGER journal_is_not_emptied ON accounts_change;
DROP TRIGGER journal_is_written_once ON accounts_change;
DROP FUNCTION change_is_of_its_transaction();
DROP FUNCTION journal_is_written_once();
DROP FUNCTION state_moves_are_journalled();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(JOURNAL, BACK)]
