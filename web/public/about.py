"""What the house owes its readers: accessibility, privacy, open data, whom to ask."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """One page, a section each, so that the foot of every page leads somewhere."""
    return render(request, "public/about.html")
