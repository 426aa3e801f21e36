"""What follows each kind is declared, one way or the other."""

import pytest

from worker.models import Channel
from worker.registry import Registry, UnknownKind


@pytest.fixture
def registry():
    return Registry()


def test_an_unknown_kind_is_not_taken_for_one_that_nothing_follows(registry):
    registry.nothing_follows("fair.edited")

    assert registry.to("fair.edited") == []
    with pytest.raises(UnknownKind):
        registry.to("fair.painted")
    with pytest.raises(UnknownKind):
        registry.named("paint_the_fair")


def test_calendars_come_first_whatever_the_order_of_declaration(registry):
    @registry.reacts_to("fair.announced", channel="mail")
    def tell(change): ...

    @registry.reacts_to("fair.announced", "fair.edited", channel="entry")
    def show(change): ...

    assert [(reaction.name, reaction.channel) for reaction in registry.to("fair.announced")] == [
        ("show", Channel.ENTRY),
        ("tell", Channel.MAIL),
    ]
    assert registry.named("tell").run is tell
    assert (set(registry.kinds()), set(registry.names())) == ({"fair.announced", "fair.edited"}, {"show", "tell"})


def test_something_and_nothing_cannot_both_follow(registry):
    def tell(change): ...

    registry.nothing_follows("fair.edited")
    registry.reacts_to("fair.announced", channel="entry")(tell)

    with pytest.raises(ValueError, match="nothing does"):
        registry.reacts_to("fair.edited", channel="entry")(tell)
    with pytest.raises(ValueError, match="something follows"):
        registry.nothing_follows("fair.announced")


def test_two_reactions_cannot_share_a_name_since_rows_name_them(registry):
    def tell(change): ...

    registry.reacts_to("fair.announced", channel="mail")(tell)
    registry.reacts_to("fair.cancelled", channel="mail")(tell)

    def another(change): ...

    another.__name__ = "tell"
    with pytest.raises(ValueError, match="two reactions are called tell"):
        registry.reacts_to("fair.closed", channel="mail")(another)


def test_a_channel_that_does_not_exist_is_refused(registry):
    with pytest.raises(ValueError, match="pigeon"):
        registry.reacts_to("fair.announced", channel="pigeon")(lambda change: None)
