"""Long lists a page at a time."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


class ShownPage(Page):  # type: ignore[type-arg]  # Django's Page is not generic at run time
    """A page that knows which page numbers to show: the ends, its neighbours, and None for a gap."""

    @property
    def shown(self) -> list[int | None]:
        """1 … 4 5 6 … 20, as 1, None, 4, 5, 6, None, 20."""
        numbers = self.paginator.get_elided_page_range(self.number, on_each_side=1, on_ends=1)
        return [number if isinstance(number, int) else None for number in numbers]


class Pages(Paginator):  # type: ignore[type-arg]  # as above
    """A paginator whose pages know their neighbours."""

    def _get_page(self, *args: Any, **kwargs: Any) -> ShownPage:
        return ShownPage(*args, **kwargs)


def page_of(request: HttpRequest, things: QuerySet[Any] | Sequence[Any], *, size: int) -> ShownPage:
    """The page that `?page=` asks for; the first or last one for a number out of range. Two queries."""
    page = Pages(things, size).get_page(request.GET.get("page"))
    assert isinstance(page, ShownPage)
    return page
