"""Addresses of feeds (design, section 8), each as iCalendar (.ics) and as jCal (.json)."""

from django.urls import path, register_converter

from scheduling import feeds

app_name = "feeds"


class FormConverter:
    """The ending of a feed's address."""

    regex = "ics|json"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(FormConverter, "form")

urlpatterns = [
    path("news.atom", feeds.news, name="news"),
    path("fairs.<form:form>", feeds.fairs, name="fairs"),
    path("fairs/<slug:slug>.<form:form>", feeds.fair, name="fair"),
    path("fairs/<slug:slug>/category/<slug:code>.<form:form>", feeds.category, name="category"),
    path("fairs/<slug:slug>/stage/<slug:stage>.<form:form>", feeds.stage, name="stage"),
    path("towns/<slug:code>.<form:form>", feeds.town, name="town"),
    path("counties/<slug:code>.<form:form>", feeds.county, name="county"),
    path("companies/<slug:slug>.<form:form>", feeds.company, name="company"),
    path("private/<slug:token>.<form:form>", feeds.private, name="private"),
]
