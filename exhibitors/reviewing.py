"""Reviewing: experts score applications and advise, each in one discipline, and never where they are not free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import Membership, User
from core import database
from core.database import constraint_of
from core.errors import DomainError, Gap, Unfit
from core.locking import lock
from core.text import localized
from exhibitors.models import REVIEW_MOVES, Application, Company, CompanyMember, ConflictOfInterest, Review
from fairs.models import Criterion

State = Review.State
CENT = Decimal("0.01")


class Conflicted(DomainError):
    """The expert advised the company or belongs to it, and may not judge it."""

    code = "conflict-of-interest"


class AlreadyAssigned(DomainError):
    """The expert was asked for this application before."""

    code = "already-assigned"


class ReviewsOver(DomainError):
    """The application is decided or gone, or not handed in: there is nothing to judge."""

    code = "reviews-over"


@transaction.atomic
def declare_conflict(expert: User, company: Company, *, by: User) -> ConflictOfInterest:
    """Note that an expert may not judge a company; what the expert was to judge of it is out of sight at once."""
    conflict, is_new = ConflictOfInterest.objects.get_or_create(expert=expert, company=company)
    if is_new:
        journal.record("conflict.declared", conflict, by=by, facts={"expert": str(expert.pk)})
    return conflict


@transaction.atomic
def assign(application: Application, expert: User, discipline: str, *, by: User) -> Review:
    """Ask an expert of this discipline for a review.

    Raises ReviewsOver, Unfit if the person is no such expert, Conflicted, AlreadyAssigned.
    """
    lock(application)
    _require_open(application)
    if not Membership.objects.filter(user=expert, role=Membership.Role.EXPERT, discipline=discipline).exists():
        raise Unfit([Gap("expert", _("%s is no expert of this discipline.") % expert)])
    _require_free(expert, application)
    review = Review(application=application, expert=expert, discipline=discipline)
    try:
        with transaction.atomic():
            review.save(force_insert=True)
    except IntegrityError as error:
        if constraint_of(error) != "expert_reviews_an_application_once":
            raise
        raise AlreadyAssigned(_("%s was asked for this application before.") % expert) from error
    journal.record("review.assigned", review, by=by, after=State.ASSIGNED, facts={"expert": str(expert.pk)})
    return review


@transaction.atomic
def submit(
    review: Review,
    *,
    scores: Mapping[str, object],
    recommendation: str = "",
    advice_zh: str = "",
    advice_en: str = "",
    by: User,
) -> None:
    """Hand in scores, one a criterion of the discipline, and advice; the application's score follows.

    Raises InvalidTransition, ReviewsOver, Conflicted, Unfit with everything that is wrong.
    """
    lock(review.application)
    lock(review)
    application = review.application
    REVIEW_MOVES.check(str(review._meta.verbose_name), review.state, State.SUBMITTED)
    _require_open(application)
    _require_free(review.expert, application)
    criteria = list(application.call.criteria.filter(discipline=review.discipline))
    gaps = _wrong_scores(review, criteria, scores)
    if recommendation not in ("", *Review.Recommendation.values):
        gaps.append(Gap("recommendation", _("Choose accept, waitlist or reject.")))
    if gaps:
        raise Unfit(gaps)
    review.scores = {criterion.key: scores[criterion.key] for criterion in criteria}
    review.weighted_score = weighted(criteria, review.scores, application.call.score_max)
    review.recommendation, review.advice_zh, review.advice_en = recommendation, advice_zh, advice_en
    review.submitted_at = database.now()
    also = ["scores", "weighted_score", "recommendation", "advice_zh", "advice_en", "submitted_at"]
    journal.move(review, State.SUBMITTED, moves=REVIEW_MOVES, by=by, also=also)
    refresh_score(application)


@transaction.atomic
def recuse(review: Review, *, reason: str, by: User | None) -> None:
    """Step back from a review, with the reason. Raises InvalidTransition, Unfit without a reason."""
    lock(review.application)
    lock(review)
    REVIEW_MOVES.check(str(review._meta.verbose_name), review.state, State.RECUSED)
    if not reason.strip():
        raise Unfit([Gap("reason", _("Please say why you step back."))])
    journal.move(review, State.RECUSED, moves=REVIEW_MOVES, by=by, reason=reason)
    refresh_score(review.application)


def weighted(criteria: Iterable[Criterion], scores: Mapping[str, int], score_max: int) -> Decimal:
    """The sum of weight x score / highest score: at most the sum of the weights, to two places."""
    total = sum((Decimal(one.weight) * scores[one.key] / score_max for one in criteria), Decimal(0))
    return total.quantize(CENT, ROUND_HALF_UP)


def refresh_score(application: Application) -> None:
    """Work out the score of a locked application: 0 to 100, blank until every discipline is judged and none is open.

    The sum over the disciplines that the call judges; several reviews of one discipline count by their mean.
    """
    by_discipline: dict[str, list[Decimal]] = defaultdict(list)
    is_open = False
    for discipline, state, score in application.reviews.values_list("discipline", "state", "weighted_score"):
        if state == State.SUBMITTED and score is not None:
            by_discipline[discipline].append(score)
        is_open = is_open or state == State.ASSIGNED
    judged = set(application.call.criteria.values_list("discipline", flat=True))
    total = None
    if judged and not is_open and judged <= by_discipline.keys():
        means = [sum(scores, Decimal(0)) / len(scores) for scores in (by_discipline[one] for one in judged)]
        total = sum(means, Decimal(0)).quantize(CENT, ROUND_HALF_UP)
    if total != application.total_score:
        application.total_score = total
        # The version stays: a company must not see by the ETag that experts are at work.
        application.save(update_fields=["total_score"])


def _require_open(application: Application) -> None:
    if application.state not in (Application.State.SUBMITTED, Application.State.RETURNED):
        raise ReviewsOver(
            _("%(label)s is “%(state)s”; there is nothing to judge.")
            % {"label": application.label, "state": application.get_state_display()}
        )


def _require_free(expert: User, application: Application) -> None:
    company = application.company_id
    if (
        ConflictOfInterest.objects.filter(expert=expert, company=company).exists()
        or CompanyMember.objects.filter(user=expert, company=company).exists()
    ):
        raise Conflicted(_("%s has a conflict of interest with this company. Choose another expert.") % expert)


def _wrong_scores(review: Review, criteria: list[Criterion], scores: Mapping[str, object]) -> list[Gap]:
    call = review.application.call
    least, most = call.score_min, call.score_max
    gaps = [
        Gap(f"scores.{key}", _("This is no criterion of your discipline."))
        for key in sorted(scores.keys() - {criterion.key for criterion in criteria})
    ]
    for criterion in criteria:
        score = scores.get(criterion.key)
        # True is an int to Python, but no score to anybody else.
        if isinstance(score, bool) or not isinstance(score, int) or not least <= score <= most:
            gaps.append(
                Gap(
                    f"scores.{criterion.key}",
                    _("Please score “%(criterion)s” from %(least)d to %(most)d.")
                    % {"criterion": localized(criterion, "label"), "least": least, "most": most},
                )
            )
    return gaps
