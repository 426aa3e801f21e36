"""Addresses of the pages, by audience (design section 8)."""

from django.urls import URLPattern, URLResolver, include, path

from web import account, invites, preferences, stopping
from web.company import signup
from web.public import about, answer, calendars, directory, fairs, floorplan, home, machines, makers, search

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("fairs/<slug:slug>/", fairs.fair, name="fair"),
    path("fairs/<slug:slug>/programme/", fairs.programme, name="programme"),
    path("fairs/<slug:slug>/floorplan/", floorplan.floorplan, name="floorplan"),
    path("fairs/<slug:slug>/exhibitors/", directory.exhibitors, name="fair-exhibitors"),
    path("companies/", directory.companies, name="companies"),
    path("companies/<slug:slug>/", makers.company, name="company-page"),
    path("products/", directory.products, name="products"),
    path("products/<slug:slug>/", makers.product, name="product"),
    path("towns/", makers.towns, name="towns"),
    path("towns/<slug:code>/", makers.town, name="town"),
    path("search/", search.search, name="search"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("about/", about.about, name="about"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("preferences/language/", preferences.language, name="language"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("start/", account.start, name="start"),
    path("accounts/demo/", account.demo_login, name="demo-login"),
    path("company/signup/", signup.sign_up, name="company-signup"),
    path("company/signup/sent/", signup.sent, name="company-signup-sent"),
    path("company/signup/<str:token>/", signup.confirm, name="company-signup-confirm"),
    path("company/join/<str:token>/", invites.join_company, name="company-join"),
    path("join/<str:token>/", invites.join_organizer, name="join"),
    path("a/<str:token>/", answer.answer, name="answer"),
    path("a/<str:token>/event.ics", answer.event, name="answer-event"),
    path("mail/stop/<str:token>/", stopping.stop, name="mail-stop"),
    path("accounts/", include("web.account_urls")),
    path("company/", include("web.company.urls")),
    path("desk/", include("web.desk.urls")),
]
