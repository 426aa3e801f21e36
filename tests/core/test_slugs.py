"""Short names in addresses."""

from core.slugs import LONGEST, fresh_slugs


def test_no_short_name_is_taken_twice():
    names = ["Slow Tea", "Slow Tea!", "慢活", "", "Slow Tea 2"]

    assert fresh_slugs(names, taken={"slow-tea"}, otherwise="maker") == [
        "slow-tea-2",
        "slow-tea-3",
        "maker",
        "maker-2",
        "slow-tea-2-2",
    ]


def test_a_long_name_is_cut_at_a_length_that_leaves_room_for_a_number():
    (slug,) = fresh_slugs(["a" * 69 + " " + "b" * 30], taken=set(), otherwise="maker")

    assert (slug, len(slug) < LONGEST) == ("a" * 69, True)
