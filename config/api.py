"""The API under one address: joins what each room registers."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any  # DRF's own signatures

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import URLPattern, URLResolver, include, path
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

import accounts.api
import exhibitors.api
import fairs.api
import scheduling.api
import worker.api
from core.api import NotHere

# One line a room, each `register(router)`.
ROOMS: list[Callable[[DefaultRouter], None]] = [
    accounts.api.register,
    fairs.api.register,
    exhibitors.api.register,
    scheduling.api.register,
    worker.api.register,
]


class Router(DefaultRouter):
    """Addresses without format suffixes. A room may add moves to a lower room's resource under the same prefix."""

    include_format_suffixes = False

    def get_api_root_view(self, api_urls: Any = None) -> Callable[..., Any]:
        """The list of resources: by whichever room lists them."""
        lists: dict[str, str] = {}
        for prefix, viewset, basename in self.registry:
            if hasattr(viewset, "list"):
                lists[prefix] = f"{basename}-list"
        return self.APIRootView.as_view(api_root_dict=lists)


def joined() -> Router:
    """One router with the resources of all rooms."""
    router = Router(use_regex_path=False)
    for register in ROOMS:
        register(router)
    return router


class Schema(SpectacularAPIView):
    """The schema, which is the same for everybody and costs half a second: made once a process and language."""

    class generator_class(SchemaGenerator):  # noqa: N801  # drf-spectacular's name for it
        def get_schema(self, request: Any = None, public: bool = False) -> Any:
            """The kept one."""
            return _schema(translation.get_language())


@lru_cache(maxsize=4)  # and no more, whatever `?lang=` is asked for
def _schema(language: str | None) -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # the package's


# Swagger's own styles stand in its markup, and its pictures in its styles.
_docs = csp_update({"style-src": [UNSAFE_INLINE], "img-src": ["data:"]})(
    SpectacularSwaggerSplitView.as_view(url_name="api-schema")
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include((joined().urls, "api"))),
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", _docs, name="api-docs"),
    path("v1/<path:nothing>", NotHere.as_view(), name="api-not-here"),
]
