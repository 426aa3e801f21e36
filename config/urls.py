"""Root addresses; each room's own stand beside its views."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/", include("config.api")),
    path("feeds/", include("scheduling.urls")),
    path("", include("operations.urls")),
]
