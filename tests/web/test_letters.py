"""The desk calls every kind of mail by a name that people know."""

from web.desk.letters import NAMES
from worker.kinds import KINDS


def test_every_kind_of_mail_has_a_name_at_the_desk():
    assert sorted(NAMES) == sorted(KINDS)
