"""Root addresses; each room's own stand beside its views."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("api/", include("config.api")),
    path("feeds/", include("scheduling.urls")),
    path("", include("operations.urls")),
    path("", include("web.urls")),
]
handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler500 = "operations.outages.server_error"
