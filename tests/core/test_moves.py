"""Tables of moves, and what is said where they do not list one."""

import pytest
from django.db import models
from django.utils import translation

from core.errors import InvalidTransition
from core.moves import Moves


class Light(models.TextChoices):
    RED = "red", "Stop"
    GREEN = "green", "Go"
    OFF = "off", "Dark"


MOVES = Moves({Light.RED: {Light.GREEN, Light.OFF}, Light.GREEN: {Light.RED}})


def test_a_table_knows_what_may_follow():
    assert MOVES.allowed_from("red") == ["green", "off"]
    assert MOVES.allowed_from("off") == []
    assert (MOVES.allows("red", "green"), MOVES.allows("green", "off")) == (True, False)


def test_a_refusal_calls_the_states_as_people_do_and_the_data_as_programs_do():
    with translation.override("en"), pytest.raises(InvalidTransition) as refusal:
        MOVES.check("light", "green", "off")

    assert refusal.value.message == "light is “Go” and can't become “Dark”."
    assert refusal.value.data == {"before": "green", "after": "off", "allowed": ["red"]}


def test_a_move_that_the_table_lists_but_another_rule_refuses_is_not_among_the_allowed():
    assert MOVES.refusal("light", "red", "off").data["allowed"] == ["green"]


def test_states_without_names_are_called_by_themselves():
    with translation.override("en"), pytest.raises(InvalidTransition) as refusal:
        Moves({"a": {"b"}}).check("thing", "b", "a")

    assert refusal.value.message == "thing is “b” and can't become “a”."
