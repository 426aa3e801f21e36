"""Who may do what: a row for each address and method, a column for each role. Design section 6 as one table.

Each row: route, method, which of our things the address names (`-` if none, see tests/two_worlds.py), then a sign for

    pub  the public                 exp  an expert asked to review ours, and one of another organizer
    buy  a buyer                    stf  our staff, and that of another organizer
    mem  a member of our company,   crd  our coordinator, and one of another organizer
         and one of another         adm  an administrator

    +  may do it, though the state of things may refuse it (409, 422)
    x  sees it, but may not do it (403)
    .  does not see it, as if it were not there (404)
    -  names in the body what they may not see, and is told that it is unknown (400)
    ?  must sign in first (401, or on to the log-in page)
    /  nobody's right: whether the service is ready (503)
    ~  anything but a fault: for pages that are not ours

What a request needs to get as far as the question of rights stands in BODIES. A route `prefix*` covers all addresses of
such names that need no arguments. To add a row, run the test: it prints the missing ones with what it saw. Look at each
sign before you paste.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.two_worlds import Worlds

TABLE = """
# route                      method  about          pub buy  mem  exp  stf  crd  adm

api:api-root                 GET     -               +   +   + +  + +  + +  + +   +
api:category-list            GET     -               +   +   + +  + +  + +  + +   +
api:category-detail          GET     category        +   +   + +  + +  + +  + +   +
api:county-list              GET     -               +   +   + +  + +  + +  + +   +
api:county-detail            GET     county          +   +   + +  + +  + +  + +   +
api:town-list                GET     -               +   +   + +  + +  + +  + +   +
api:town-detail              GET     town            +   +   + +  + +  + +  + +   +
api:venue-list               GET     -               +   +   + +  + +  + +  + +   +
api:venue-detail             GET     venue           +   +   + +  + +  + +  + +   +
api-schema                   GET     -               +   +   + +  + +  + +  + +   +
api-docs                     GET     -               +   +   + +  + +  + +  + +   +
api-not-here                 GET     -               .   .   . .  . .  . .  . .   .

api:fair-list                GET     -               +   +   + +  + +  + +  + +   +
api:fair-list                POST    -               ?   -   - -  - -  - -  + -   -
api:fair-detail              GET     fair            +   +   + +  + +  + +  + +   +
api:fair-detail              GET     draft_fair      .   .   . .  . .  + .  + .   .
api:fair-detail              PATCH   fair            ?   x   x x  x x  x x  + x   x
api:fair-detail              PATCH   draft_fair      ?   .   . .  . .  x .  + .   .
api:fair-announce            POST    fair            ?   x   x x  x x  x x  + x   x
api:fair-announce            POST    draft_fair      ?   .   . .  . .  x .  + .   .
api:fair-close               POST    past_fair       ?   x   x x  x x  x x  + x   x
api:fair-check               GET     fair            ?   x   x x  x x  x x  + x   x
api:fair-check               GET     draft_fair      .   .   . .  . .  x .  + .   .

api:hall-list                GET     -               +   +   + +  + +  + +  + +   +
api:hall-list                POST    -               ?   x   x x  x x  x x  + x   x
api:hall-detail              GET     hall            +   +   + +  + +  + +  + +   +
api:hall-detail              GET     draft_hall      .   .   . .  . .  + .  + .   .
api:hall-detail              PATCH   hall            ?   x   x x  x x  x x  + x   x
api:hall-detail              PATCH   draft_hall      ?   .   . .  . .  x .  + .   .
api:hall-detail              DELETE  hall            ?   x   x x  x x  x x  + x   x
api:hall-make-grid           POST    hall            ?   x   x x  x x  x x  + x   x
api:hall-add-circuit         POST    hall            ?   x   x x  x x  x x  + x   x
api:zone-list                GET     -               +   +   + +  + +  + +  + +   +
api:zone-list                POST    -               ?   x   x x  x x  x x  + x   x
api:zone-detail              GET     zone            +   +   + +  + +  + +  + +   +
api:zone-detail              GET     draft_zone      .   .   . .  . .  + .  + .   .
api:zone-detail              PATCH   zone            ?   x   x x  x x  x x  + x   x
api:zone-detail              DELETE  zone            ?   x   x x  x x  x x  + x   x
api:booth-list               GET     -               +   +   + +  + +  + +  + +   +
api:booth-detail             GET     booth           +   +   + +  + +  + +  + +   +
api:booth-detail             GET     draft_booth     .   .   . .  . .  + .  + .   .
api:booth-detail             PATCH   booth           ?   x   x x  x x  x x  + x   x
api:booth-detail             DELETE  booth           ?   x   x x  x x  x x  + x   x
api:call-list                GET     -               +   +   + +  + +  + +  + +   +
api:call-list                POST    -               ?   x   x x  x x  x x  + x   x
api:call-detail              GET     call            +   +   + +  + +  + +  + +   +
api:call-detail              GET     draft_call      .   .   . .  . .  + .  + .   .
api:call-detail              PATCH   call            ?   x   x x  x x  x x  + x   x

api:change-list              GET     -               ?   +   + +  + +  + +  + +   +
api:change-detail            GET     change          ?   .   . .  . .  . .  + .   .
api:message-list             GET     -               ?   +   + +  + +  + +  + +   +
api:message-detail           GET     message         ?   .   . .  . .  . .  + .   .
api:message-retry            POST    message         ?   .   . .  . .  . .  + .   .
api:message-cancel           POST    message         ?   .   . .  . .  . .  + .   .
api:api-token-list           GET     -               ?   +   + +  + +  + +  + +   +
api:api-token-list           POST    -               ?   +   + +  + +  + +  + +   +
api:api-token-detail         GET     api_token       ?   .   . .  . .  . .  + .   .
api:api-token-revoke         POST    api_token       ?   .   . .  . .  . .  + .   .

feeds:news                   GET     -               +   +   + +  + +  + +  + +   +
feeds:fairs                  GET     -               +   +   + +  + +  + +  + +   +
feeds:fair                   GET     fair            +   +   + +  + +  + +  + +   +
feeds:fair                   GET     draft_fair      .   .   . .  . .  . .  . .   .
feeds:category               GET     fair            +   +   + +  + +  + +  + +   +
feeds:category               GET     draft_fair      .   .   . .  . .  . .  . .   .
feeds:stage                  GET     fair            +   +   + +  + +  + +  + +   +
feeds:stage                  GET     draft_fair      .   .   . .  . .  . .  . .   .
feeds:town                   GET     town            +   +   + +  + +  + +  + +   +
feeds:county                 GET     county          +   +   + +  + +  + +  + +   +
feeds:company                GET     company         +   +   + +  + +  + +  + +   +
# Whoever has the address of a private feed may read it: that is its point, and why it can be revoked.
feeds:private                GET     feed_token      +   +   + +  + +  + +  + +   +

operations:live              GET     -               +   +   + +  + +  + +  + +   +
operations:ready             GET     -               /   /   / /  / /  / /  / /   /
operations:metrics           GET     -               x   x   x x  x x  x x  x x   x
operations:mails             GET     -               +   +   + +  + +  + +  + +   +

account_*                    GET     -               ~   ~   ~ ~  ~ ~  ~ ~  ~ ~   ~
admin:index                  GET     -               ?   ?   ? ?  ? ?  ? ?  ? ?   +
admin:*_changelist           GET     -               ?   ?   ? ?  ? ?  ? ?  ? ?   +
admin:*_add                  GET     -               ?   ?   ? ?  ? ?  ? ?  ? ?   ~
admin:autocomplete           GET     -               ?   ?   ? ?  ? ?  ? ?  ? ?   ~
admin:password_change*       GET     -               ?   ?   ? ?  ? ?  ? ?  ? ?   +
admin:login                  GET     -               ?   x   x x  x x  x x  x x   +
admin:logout                 POST    -               ~   ~   ~ ~  ~ ~  ~ ~  ~ ~   ~
admin:jsi18n                 GET     -               ~   ~   ~ ~  ~ ~  ~ ~  ~ ~   ~
"""

# What a request needs to get as far as the question of rights, by route and method.
BODIES: dict[tuple[str, str], Callable[[Worlds], dict[str, Any]]] = {
    ("api:fair-list", "POST"): lambda worlds: {
        "organizer": worlds.ours.things["organizer"].slug,
        "venue": worlds.ours.things["venue"].code,
        "name_zh": "市集",
        "starts_on": "2030-01-01",
        "ends_on": "2030-01-02",
    },
    ("api:hall-list", "POST"): lambda worlds: {
        "fair": _pk(worlds, "fair"),
        "key": "B",
        "name_zh": "B",
        "width": 9,
        "depth": 9,
    },
    ("api:zone-list", "POST"): lambda worlds: {"fair": _pk(worlds, "fair"), "letter": "Z", "name_zh": "Z"},
    ("api:call-list", "POST"): lambda worlds: {
        "fair": _pk(worlds, "fair"),
        "opens_at": "2030-01-01T00:00Z",
        "closes_at": "2030-01-02T00:00Z",
    },
    ("api:hall-make-grid", "POST"): lambda worlds: {
        "block": "A",
        "rows": 1,
        "columns": 1,
        "origin_x": 0,
        "origin_y": 9,
    },
    ("api:hall-add-circuit", "POST"): lambda worlds: {"name": "C9", "supply": 1},
    ("api:api-token-list", "POST"): lambda worlds: {"name": "x", "scope": "read"},
}

# Addresses that no row covers, with the reason. They may be patterns.
LEFT_OUT = {
    "operations:mail*": "what the catcher of the embedded mode caught, for whoever sits at the machine",
    "admin:*_change": "one row of a list, guarded alike; that states are read-only shows tests/accounts/test_admin.py",
    "admin:*_delete": "the same",
    "admin:*_history": "the same",
    "admin:app_list": "the same",
    "admin:view_on_site": "no model has an address of its own there",
    "account_*_key": "the key of a mail is the right; tests/accounts/test_signing_in.py",
    "account_confirm_email": "the same",
    "admin:auth_user_password_change": "the same",
    "admin:None": "Django's own redirects to addresses with a slash",
}

# The arguments of an address that are not attributes of the thing, by route; ours are `things`.
ARGUMENTS: dict[str, Callable[[dict[str, Any], Any], dict[str, Any]]] = {
    "api-not-here": lambda _things, _about: {"nothing": "nowhere/"},
    "feeds:category": lambda things, about: {"slug": about.slug, "code": things["category"].code},
    "feeds:stage": lambda things, about: {"slug": about.slug, "stage": "main"},
    "feeds:private": lambda things, _about: {"token": things["feed_text"]},
    "feeds:*": lambda _things, _about: {"form": "ics"},
}


def _pk(worlds: Worlds, name: str) -> str:
    return str(worlds.ours.things[name].pk)
