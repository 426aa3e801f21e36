"""A release stays as it was, but for a person's right to be forgotten: then the journal says so, beside the change."""

from django.db import migrations

FORGET = """
CREATE OR REPLACE FUNCTION releases_are_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND EXISTS (
    SELECT 1 FROM accounts_change WHERE about_id = OLD.id AND xid = journal_xid() AND kind = 'release.redacted'
  ) THEN
    OLD.note_zh := NEW.note_zh;
    OLD.note_en := NEW.note_en;
    OLD.programme := NEW.programme;
    IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'a release is unchanging: % is refused', TG_OP
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'releases_are_unchanging';
END $$;
"""

UNCHANGING = """
CREATE OR REPLACE FUNCTION releases_are_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a release is unchanging: % is refused', TG_OP
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'releases_are_unchanging';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0005_releases_are_unchanging"), ("accounts", "0002_journal_guards")]

    operations = [migrations.RunSQL(FORGET, UNCHANGING)]
