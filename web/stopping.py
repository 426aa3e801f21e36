"""The page behind the link at the foot of a mail that one may not want any more (RFC 8058)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core import tokens
from worker import unsubscribing


@csrf_exempt  # mail programs post here by themselves; the signed address is the right to it
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET says which mails would end, POST ends them; scanners that open links change nothing."""
    try:
        recipient, _kind = unsubscribing.read(token)
    except (tokens.BadSignature, ValueError) as error:
        raise Http404 from error
    stopped = request.method == "POST"
    if stopped:
        unsubscribing.opt_out(token)
    context = {"recipient": recipient, "stopped": stopped, "private": True, "plain": True}
    response = render(request, "account/stop.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response
