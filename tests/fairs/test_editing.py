"""Making a fair, and editing what it says of itself."""

from datetime import date, time

import pytest

from accounts.models import Change
from core.errors import InvalidTransition, Stale, Unfit
from fairs import planning
from fairs.models import Fair
from tests.factories import (
    CallFactory,
    CategoryFactory,
    FairFactory,
    HallFactory,
    OrganizerFactory,
    VenueFactory,
    coordinator_of,
)

pytestmark = pytest.mark.django_db


def values(**others):
    return {
        "name_zh": "山城茶市集",
        "name_en": "Hill Tea Market",
        "venue": VenueFactory(),
        "starts_on": date(2031, 5, 1),
        "ends_on": date(2031, 5, 3),
        **others,
    }


def kinds(about):
    return list(Change.objects.about(about).values_list("kind", flat=True))


def test_a_new_fair_is_a_draft_of_its_organizer_with_a_line_in_the_journal():
    organizer = OrganizerFactory()
    coordinator = coordinator_of(organizer)
    tea = CategoryFactory(code="tea")

    fair = planning.create(organizer, values=values(categories=[tea]), by=coordinator)

    fair = Fair.objects.get(pk=fair.pk)
    assert (fair.organizer, fair.state, fair.slug, fair.version) == (organizer, "draft", "hill-tea-market", 1)
    assert list(fair.categories.all()) == [tea]
    assert list(Change.objects.about(fair).values_list("kind", "by")) == [("fair.created", coordinator.pk)]


def test_a_fair_without_english_name_is_addressed_by_its_organizer_and_year():
    organizer = OrganizerFactory(slug="nantou")

    fairs = [planning.create(organizer, values=values(name_en=""), by=None) for _ in range(3)]

    assert [fair.slug for fair in fairs] == ["nantou-2031", "nantou-2031-2", "nantou-2031-3"]


def test_everything_that_is_wrong_with_a_new_fair_is_said_at_once():
    FairFactory(slug="taken")

    with pytest.raises(Unfit) as refusal:
        planning.create(
            OrganizerFactory(),
            values=values(name_zh="", slug="taken", ends_on=date(2031, 4, 30), closes=time(9)),
            by=None,
        )

    assert sorted(gap.field for gap in refusal.value.gaps) == ["closes", "ends_on", "name_zh", "slug"]
    assert all(gap.message for gap in refusal.value.gaps)


def test_a_short_name_that_another_took_at_the_same_instant_is_refused_in_words(monkeypatch):
    FairFactory(slug="hill-tea-market")
    monkeypatch.setattr(Fair, "full_clean", lambda self: None)  # as if the other one came after the look

    with pytest.raises(Unfit) as refusal:
        planning.create(OrganizerFactory(), values=values(slug="hill-tea-market"), by=None)

    assert [gap.field for gap in refusal.value.gaps] == ["slug"]


def test_an_edit_raises_the_version_and_names_the_fields_that_differ():
    fair = FairFactory(state="draft", name_en="Old", description_zh="舊")

    planning.edit(fair, values={"name_en": "New", "description_zh": "舊", "categories": ["tea"]}, by=None)
    CategoryFactory(code="tea")
    planning.edit(fair, values={"categories": ["tea"]}, by=None)

    fair.refresh_from_db()
    assert (fair.name_en, fair.version, fair.categories.count()) == ("New", 3, 1)
    assert list(Change.objects.about(fair).values_list("kind", "facts")) == [
        ("fair.edited", {"fields": ["categories", "name_en"]}),
        ("fair.edited", {"fields": ["categories"]}),
    ]


def test_an_edit_that_changes_nothing_leaves_no_trace():
    fair = FairFactory(state="draft", name_en="Same")

    planning.edit(fair, values={"name_en": "Same", "categories": []}, by=None)

    assert (Fair.objects.get().version, kinds(fair)) == (1, [])


def test_the_days_of_an_announced_fair_move_by_rescheduling_only():
    fair = FairFactory(state="announced")
    ends_on = fair.ends_on

    with pytest.raises(planning.DatesAreFixed, match="改期") as refusal:
        planning.edit(fair, values={"ends_on": date(2031, 1, 1), "name_en": "New"}, by=None)

    assert refusal.value.data == {"fields": ["ends_on"]}
    assert Fair.objects.get().ends_on == ends_on


def test_an_announced_fair_keeps_its_address_and_its_time_zone():
    fair = FairFactory(state="announced")

    for given in ({"slug": "another"}, {"venue": VenueFactory(time_zone="Asia/Tokyo")}):
        with pytest.raises(Unfit) as refusal:
            planning.edit(fair, values=given, by=None)
        assert [gap.field for gap in refusal.value.gaps] == list(given)


def test_hours_and_venue_of_an_announced_fair_may_change():
    fair, venue = FairFactory(state="announced"), VenueFactory()

    planning.edit(fair, values={"opens": time(9), "venue": venue}, by=None)

    fair = Fair.objects.get()
    assert (fair.opens, fair.venue) == (time(9), venue)


@pytest.mark.parametrize("state", ["cancelled", "closed"])
def test_of_a_fair_that_is_over_only_the_words_may_change(state):
    fair = FairFactory(state=state)

    planning.edit(fair, values={"description_en": "Thank you all."}, by=None)
    with pytest.raises(planning.FairIsOver):
        planning.edit(fair, values={"opens": time(9)}, by=None)

    assert Fair.objects.get().description_en == "Thank you all."


def test_an_edit_of_what_another_changed_meanwhile_is_refused_under_the_lock():
    fair = FairFactory(state="draft")
    mine = Fair.objects.get()
    mine.expect(frozenset({1}))
    planning.edit(fair, values={"name_en": "Theirs"}, by=None)

    with pytest.raises(Stale) as refusal:
        planning.edit(mine, values={"name_en": "Mine"}, by=None)

    assert (refusal.value.data, Fair.objects.get().name_en) == ({"version": 2}, "Theirs")


def ready(**others):
    fair = FairFactory(**{"state": "draft", "description_zh": "喝茶。", **others})
    HallFactory(fair=fair)
    return fair


def test_announcing_shows_a_fair_to_everybody():
    fair = ready()
    coordinator = coordinator_of(fair)

    planning.announce(fair, by=coordinator)

    assert list(Fair.objects.public()) == [fair]
    assert list(Change.objects.about(fair).values_list("kind", "before", "after", "by")) == [
        ("fair.announced", "draft", "announced", coordinator.pk)
    ]


def test_all_that_a_visitor_would_miss_is_said_at_once_and_nothing_moves():
    fair = FairFactory(state="draft", starts_on=date(2020, 1, 1), description_zh="")
    CallFactory(fair=fair)

    with pytest.raises(Unfit) as refusal:
        planning.announce(fair, by=None)

    assert [gap.field for gap in refusal.value.gaps] == ["starts_on", "description_zh", "halls", "call"]
    assert Fair.objects.get().state == "draft"


# Written out by hand, by design section 7: what announcing and closing may start from.
@pytest.mark.parametrize(
    ("state", "act", "allowed"),
    [
        ("draft", planning.announce, True),
        ("announced", planning.announce, False),
        ("cancelled", planning.announce, False),
        ("closed", planning.announce, False),
        ("draft", planning.close, False),
        ("announced", planning.close, True),
        ("cancelled", planning.close, False),
        ("closed", planning.close, False),
    ],
)
def test_a_fair_is_announced_from_draft_and_closed_from_announced_only(state, act, allowed):
    past = {"starts_on": date(2020, 1, 1)} if act is planning.close else {}
    fair = ready(state=state, **past)

    if allowed:
        act(fair, by=None)
        assert Fair.objects.get().state == {"announce": "announced", "close": "closed"}[act.__name__]
    else:
        with pytest.raises(InvalidTransition):
            act(fair, by=None)
        assert Fair.objects.get().state == state


def test_a_fair_is_closed_after_its_last_hour_only():
    fair = FairFactory(state="announced")

    with pytest.raises(planning.NotOver) as refusal:
        planning.close(fair, by=None)

    assert refusal.value.data == {"ends_at": fair.finishes_at}
