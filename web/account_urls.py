"""Of the log-in library's pages, those that we use: the rest do not exist."""

from allauth.account import views
from django.urls import URLPattern, path, re_path
from django.views.generic import RedirectView

from web.account import log_in

urlpatterns: list[URLPattern] = [
    path("login/", log_in, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", RedirectView.as_view(pattern_name="company-signup"), name="account_signup"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", RedirectView.as_view(pattern_name="account_reset_password"), name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
