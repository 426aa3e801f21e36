"""What answers where the API has nothing."""

from __future__ import annotations

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView


class NotHere(APIView):
    """What answers below the API's address where nothing stands, so that programs read problem details there too."""

    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse, whatever the method."""
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound
