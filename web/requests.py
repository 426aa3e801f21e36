"""Requests of somebody who is logged in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict

from accounts.models import User

P = ParamSpec("P")


def visitor(request: HttpRequest) -> User | None:
    """The person, or nobody, as querysets take it."""
    return request.user if request.user.is_authenticated else None


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent with a form, even if it is empty; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


class SignedInRequest(HttpRequest):
    """A request whose user is known: what `signed_in` hands on."""

    user: User


def signed_in(view: Callable[Concatenate[SignedInRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """For people with an account alone; others are asked to log in, and come back to the page."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)  # type: ignore[arg-type]  # login_required has seen to it
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return login_required(checked)
