"""Addresses for machines and operators."""

from django.urls import path

from operations import devmail, health, metrics

app_name = "operations"
urlpatterns = [
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("dev/mail/", devmail.mails, name="mails"),
    path("dev/mail/<str:key>/", devmail.mail, name="mail"),
    path("dev/mail/<str:key>/raw/", devmail.raw, name="mail-raw"),
    path("dev/mail/<str:key>/html/", devmail.html, name="mail-html"),
    path("dev/mail/<str:key>/parts/<int:number>/", devmail.part, name="mail-part"),
]
