"""The OpenAPI schema's view of our conventions."""

from drf_spectacular.openapi import AutoSchema as SpectacularSchema


class AutoSchema(SpectacularSchema):
    """Every operation may answer with problem details."""
