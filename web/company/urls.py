"""Addresses of a company's pages."""

from django.urls import URLPattern, path

from web.company import applying, calendars, following, home, managing

app_name = "company"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("act-for/", home.act_for, name="act-for"),
    path("calendars/new/", calendars.calendar_new, name="calendar-new"),
    path("calendars/<uuid:pk>/", calendars.calendar_change, name="calendar"),
    path("applications/", home.applications, name="applications"),
    path("applications/new/", applying.apply, name="apply"),
    path("applications/<uuid:pk>/", following.application, name="application"),
    path("applications/<uuid:pk>/check/", applying.check, name="check"),
    path("applications/<uuid:pk>/correct/", applying.correct, name="correct"),
    path("applications/<uuid:pk>/withdraw/", following.withdraw, name="withdraw"),
    path("applications/<uuid:pk>/reopen/", following.reopen, name="reopen"),
    *(
        path(f"applications/<uuid:pk>/{step}/", applying.step, {"step": step}, name=f"step-{step}")
        for step in applying.FORMS
    ),
    path("offers/<uuid:pk>/", following.offer, name="offer"),
    path("profile/", managing.profile, name="profile"),
    path("products/", managing.products, name="products"),
    path("products/new/", managing.product_new, name="product-new"),
    path("products/<slug:slug>/", managing.product_edit, name="product"),
    path("products/<slug:slug>/retire/", managing.product_retire, name="product-retire"),
    path("members/", managing.members, name="members"),
    path("members/<uuid:pk>/remove/", managing.member_remove, name="member-remove"),
    path("members/<uuid:pk>/promote/", managing.member_promote, name="member-promote"),
]
