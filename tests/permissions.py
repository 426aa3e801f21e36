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
from datetime import timedelta
from typing import Any

from django.utils import timezone

from exhibitors import joining
from fairs.models import Fair
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

api:company-list             GET     -               +   +   + +  + +  + +  + +   +
api:company-list             POST    -               ?   +   + +  + +  + +  + +   +
api:company-join             POST    -               ?   x   x x  x x  x x  x x   x
api:company-detail           GET     company         +   +   + +  + +  + +  + +   +
api:company-detail           PATCH   company         ?   .   + .  . .  . .  . .   .
api:company-members          GET     company         ?   .   + .  . .  . .  . .   .
api:company-members          POST    company         ?   .   + .  . .  . .  . .   .
api:company-make-owner       POST    company         ?   .   + .  . .  . .  . .   .
api:company-remove-member    DELETE  company         ?   .   + .  . .  . .  . .   .
api:product-list             GET     -               +   +   + +  + +  + +  + +   +
api:product-list             POST    -               ?   -   + -  - -  - -  - -   -
api:product-detail           GET     product         +   +   + +  + +  + +  + +   +
api:product-detail           PATCH   product         ?   .   + .  . .  . .  . .   .
api:product-retire           POST    product         ?   .   + .  . .  . .  . .   .

api:application-list         GET     -               ?   +   + +  + +  + +  + +   +
api:application-list         POST    -               ?   -   + -  - -  - -  - -   -
api:application-detail       GET     application     ?   .   + .  . .  . .  + .   .
api:application-detail       GET     draft_application ? .   + .  . .  . .  . .   .
api:application-detail       GET     confirmed_application ? . + .  . .  + .  + .   .
api:application-detail       PATCH   application     ?   .   + .  . .  . .  x .   .
api:application-detail       PATCH   draft_application ? .   + .  . .  . .  . .   .
api:application-submit       POST    draft_application ? .   + .  . .  . .  . .   .
api:application-submit       POST    application     ?   .   + .  . .  . .  x .   .
api:application-withdraw     POST    application     ?   .   + .  . .  . .  x .   .
api:application-reopen       POST    application     ?   .   + .  . .  . .  x .   .
api:application-confirm      POST    offered_application ? . + .  . .  . .  x .   .
api:application-decline      POST    offered_application ? . + .  . .  . .  x .   .
api:application-return-for-correction POST application ? .   x .  . .  . .  + .   .
api:application-extend       POST    application     ?   .   x .  . .  . .  + .   .
api:application-take-back    POST    application     ?   .   x .  . .  . .  + .   .
api:application-stage        POST    application     ?   .   x .  . .  . .  + .   .
api:application-unstage      POST    application     ?   .   x .  . .  . .  + .   .
api:application-offer        POST    accepted_application ? . x .  . .  . .  + .   .
api:application-move         POST    offered_application ? . x .  . .  . .  + .   .
api:application-cancel       POST    confirmed_application ? . x .  . .  x .  + .   .
api:application-attend       POST    confirmed_application ? . x .  . .  + .  + .   .
api:application-miss         POST    confirmed_application ? . x .  . .  + .  + .   .
api:application-attend       POST    offered_application ? . x .  . .  . .  + .   .
api:call-decisions-release-decisions POST call       ?   x   x x  x x  x x  + x   x
api:call-decisions-release-decisions POST draft_call ?   .   . .  . .  x .  + .   .
api:review-list              GET     -               ?   +   + +  + +  + +  + +   +
api:review-list              POST    -               ?   -   - -  - -  - -  + -   -
api:review-detail            GET     review          ?   .   . .  + .  . .  + .   .
api:review-submit            POST    review          ?   .   . .  + .  . .  x .   .
api:review-recuse            POST    review          ?   .   . .  + .  . .  x .   .
api:placement-list           GET     -               +   +   + +  + +  + +  + +   +
api:placement-detail         GET     confirmed_placement + + + +  + +  + +  + +   +
api:placement-detail         GET     offered_placement . .   + .  . .  . .  + .   .
api:placement-release        POST    confirmed_placement ? . x .  . .  x .  + .   .
api:placement-release        POST    offered_placement ? .   x .  . .  . .  + .   .

api:fair-move-cancel         POST    fair            ?   x   x x  x x  x x  + x   x
api:fair-move-cancel         POST    draft_fair      ?   .   . .  . .  x .  + .   .
api:fair-move-reschedule     POST    fair            ?   x   x x  x x  x x  + x   x
api:fair-move-clone          POST    fair            ?   x   x x  x x  x x  + x   x
api:stage-list               GET     -               +   +   + +  + +  + +  + +   +
api:stage-list               POST    -               ?   x   x x  x x  x x  + x   x
api:stage-detail             GET     stage           +   +   + +  + +  + +  + +   +
api:stage-detail             GET     draft_stage     .   .   . .  . .  + .  + .   .
api:stage-detail             PATCH   stage           ?   x   x x  x x  x x  + x   x
api:stage-detail             DELETE  stage           ?   x   x x  x x  x x  + x   x
api:session-list             GET     -               ?   +   + +  + +  + +  + +   +
api:session-list             POST    -               ?   x   x x  x x  x x  + x   x
api:session-detail           GET     session         ?   .   . .  . .  . .  + .   .
api:session-detail           GET     released_session ?  .   . .  . .  . .  + .   .
api:session-detail           PATCH   session         ?   .   . .  . .  . .  + .   .
api:session-detail           DELETE  session         ?   .   . .  . .  . .  + .   .
api:session-move             POST    session         ?   .   . .  . .  . .  + .   .
api:session-keep             POST    session         ?   .   . .  . .  . .  + .   .
api:session-delay            POST    released_session ?  .   . .  . .  . .  + .   .
api:session-cancel           POST    released_session ?  .   . .  . .  . .  + .   .
api:programme-detail         GET     fair            +   +   + +  + +  + +  + +   +
api:programme-detail         GET     draft_fair      .   .   . .  . .  + .  + .   .
api:programme-diff           GET     fair            ?   x   x x  x x  x x  + x   x
api:programme-conflicts      GET     fair            ?   x   x x  x x  x x  + x   x
api:programme-release        POST    fair            ?   x   x x  x x  x x  + x   x
api:programme-release        POST    draft_fair      ?   .   . .  . .  x .  + .   .
api:release-list             GET     -               +   +   + +  + +  + +  + +   +
api:release-detail           GET     release         +   +   + +  + +  + +  + +   +
api:invitation-list          GET     -               ?   +   + +  + +  + +  + +   +
api:invitation-list          POST    -               ?   x   x x  x x  x x  + x   x
api:invitation-detail        GET     invitation      ?   .   . .  . .  . .  + .   .
api:invitation-detail        GET     own_invitation  ?   .   + .  . .  . .  + .   .
api:invitation-accept        POST    own_invitation  ?   .   + .  . .  . .  x .   .
api:invitation-accept        POST    invitation      ?   .   . .  . .  . .  x .   .
api:invitation-tentative     POST    own_invitation  ?   .   + .  . .  . .  x .   .
api:invitation-decline       POST    own_invitation  ?   .   + .  . .  . .  x .   .
api:invitation-cancel        POST    own_invitation  ?   .   x .  . .  . .  + .   .

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

# The pages

home                         GET     -               +   +   + +  + +  + +  + +   +
companies                    GET     -               +   +   + +  + +  + +  + +   +
products                     GET     -               +   +   + +  + +  + +  + +   +
towns                        GET     -               +   +   + +  + +  + +  + +   +
search                       GET     -               +   +   + +  + +  + +  + +   +
calendars                    GET     -               +   +   + +  + +  + +  + +   +
about                        GET     -               +   +   + +  + +  + +  + +   +
robots                       GET     -               +   +   + +  + +  + +  + +   +
sitemap                      GET     -               +   +   + +  + +  + +  + +   +
security                     GET     -               +   +   + +  + +  + +  + +   +
company-signup               GET     -               +   +   + +  + +  + +  + +   +
company-signup-sent          GET     -               +   +   + +  + +  + +  + +   +
company-signup               POST    -               +   +   + +  + +  + +  + +   +
language                     POST    -               +   +   + +  + +  + +  + +   +
theme                        POST    -               +   +   + +  + +  + +  + +   +
start                        GET     -               ?   +   + +  + +  + +  + +   +
demo-login                   POST    -               .   .   . .  . .  . .  . .   .
fair                         GET     fair            +   +   + +  + +  + +  + +   +
fair                         GET     draft_fair      .   .   . .  . .  + .  + .   .
programme                    GET     fair            +   +   + +  + +  + +  + +   +
programme                    GET     draft_fair      .   .   . .  . .  + .  + .   .
floorplan                    GET     fair            +   +   + +  + +  + +  + +   +
floorplan                    GET     draft_fair      .   .   . .  . .  + .  + .   .
fair-exhibitors              GET     fair            +   +   + +  + +  + +  + +   +
fair-exhibitors              GET     draft_fair      .   .   . .  . .  + .  + .   .
company-page                 GET     company         +   +   + +  + +  + +  + +   +
product                      GET     product         +   +   + +  + +  + +  + +   +
town                         GET     town            +   +   + +  + +  + +  + +   +
company:home                 GET     -               ?   +   + +  + +  + +  + +   +
company:applications         GET     -               ?   .   + +  . .  . .  . .   .
company:apply                GET     -               ?   +   + +  + +  + +  + +   +
company:profile              GET     -               ?   .   + +  . .  . .  . .   .
company:products             GET     -               ?   .   + +  . .  . .  . .   .
company:product-new          GET     -               ?   .   + +  . .  . .  . .   .
company:members              GET     -               ?   .   + +  . .  . .  . .   .
company:act-for              POST    company         ?   .   . .  . .  . .  . .   .
company:apply                POST    -               ?   +   + +  + +  + +  + +   +
company:calendar-new         POST    -               ?   .   + +  . .  . .  . .   .
company:calendar             POST    feed_token      ?   .   + .  . .  . .  . .   .
company:profile              POST    -               ?   .   + +  . .  . .  . .   .
company:product-new          POST    -               ?   .   + +  . .  . .  . .   .
company:members              POST    -               ?   .   + +  . .  . .  . .   .
company:application          GET     application     ?   .   + .  . .  . .  . .   .
company:application          GET     offered_application ?   .   + .  . .  . .  . .   .
company:step-products        GET     draft_application ?   .   + .  . .  . .  . .   .
company:step-products        POST    draft_application ?   .   + .  . .  . .  . .   .
company:step-booths          GET     draft_application ?   .   + .  . .  . .  . .   .
company:step-booths          POST    draft_application ?   .   + .  . .  . .  . .   .
company:step-questions       GET     draft_application ?   .   + .  . .  . .  . .   .
company:step-questions       POST    draft_application ?   .   + .  . .  . .  . .   .
company:check                GET     draft_application ?   .   + .  . .  . .  . .   .
company:check                POST    draft_application ?   .   + .  . .  . .  . .   .
company:correct              GET     application     ?   .   . .  . .  . .  . .   .
company:withdraw             POST    application     ?   .   + .  . .  . .  . .   .
company:reopen               POST    application     ?   .   + .  . .  . .  . .   .
company:offer                GET     offered_application ?   .   + .  . .  . .  . .   .
company:offer                POST    offered_application ?   .   + .  . .  . .  . .   .
company:product              GET     product         ?   .   + .  . .  . .  . .   .
company:product              POST    product         ?   .   + .  . .  . .  . .   .
company:product-retire       POST    product         ?   .   + .  . .  . .  . .   .
company:member-remove        POST    member_row      ?   .   + .  . .  . .  . .   .
company:member-promote       POST    member_row      ?   .   + .  . .  . .  . .   .
desk:home                    GET     -               ?   .   . .  . .  . .  + +   .
desk:fair-new                GET     -               ?   .   . .  . .  . .  + +   .
desk:fair-new                POST    -               ?   .   . .  . .  . .  + +   .
desk:board                   GET     fair            ?   .   . .  . .  . .  + .   .
desk:fair                    GET     fair            ?   .   . .  . .  . .  + .   .
desk:call                    GET     fair            ?   .   . .  . .  . .  + .   .
desk:applications            GET     fair            ?   .   . .  . .  . .  + .   .
desk:decisions               GET     fair            ?   .   . .  . .  . .  + .   .
desk:floorplan               GET     fair            ?   .   . .  . .  . .  + .   .
desk:programme               GET     fair            ?   .   . .  . .  . .  + .   .
desk:release                 GET     fair            ?   .   . .  . .  . .  + .   .
desk:messages                GET     fair            ?   .   . .  . .  . .  + .   .
desk:journal                 GET     fair            ?   .   . .  . .  . .  + .   .
desk:board                   GET     draft_fair      ?   .   . .  . .  . .  + .   .
desk:announce                POST    fair            ?   .   . .  . .  . .  + .   .
desk:close                   POST    fair            ?   .   . .  . .  . .  + .   .
desk:stage-many              POST    fair            ?   .   . .  . .  . .  + .   .
desk:questions               POST    fair            ?   .   . .  . .  . .  + .   .
desk:criteria                POST    fair            ?   .   . .  . .  . .  + .   .
desk:hall-new                POST    fair            ?   .   . .  . .  . .  + .   .
desk:zone-new                POST    fair            ?   .   . .  . .  . .  + .   .
desk:stage-new               POST    fair            ?   .   . .  . .  . .  + .   .
desk:decisions               POST    fair            ?   .   . .  . .  . .  + .   .
desk:release                 POST    fair            ?   .   . .  . .  . .  + .   .
desk:call                    POST    fair            ?   .   . .  . .  . .  + .   .
desk:fair                    POST    fair            ?   .   . .  . .  . .  + .   .
desk:application             GET     application     ?   .   . .  . .  . .  + .   .
desk:decide                  POST    application     ?   .   . .  . .  . .  + .   .
desk:return                  POST    application     ?   .   . .  . .  . .  + .   .
desk:extend                  POST    application     ?   .   . .  . .  . .  + .   .
desk:application-cancel      POST    application     ?   .   . .  . .  . .  + .   .
desk:attendance              POST    application     ?   .   . .  . .  . .  + .   .
desk:offer                   POST    application     ?   .   . .  . .  . .  + .   .
desk:hall                    POST    hall            ?   .   . .  . .  . .  + .   .
desk:circuit-new             POST    hall            ?   .   . .  . .  . .  + .   .
desk:grid                    POST    hall            ?   .   . .  . .  . .  + .   .
desk:block-remove            POST    hall            ?   .   . .  . .  . .  + .   .
desk:booth                   POST    booth           ?   .   . .  . .  . .  + .   .
desk:session-new             GET     fair            ?   .   . .  . .  . .  + .   .
desk:session-new             POST    fair            ?   .   . .  . .  . .  + .   .
desk:session                 GET     session         ?   .   . .  . .  . .  + .   .
desk:session                 POST    session         ?   .   . .  . .  . .  + .   .
desk:session-move            POST    session         ?   .   . .  . .  . .  + .   .
desk:session-delay           POST    session         ?   .   . .  . .  . .  + .   .
desk:session-cancel          POST    session         ?   .   . .  . .  . .  + .   .
desk:lifecycle               GET     fair            ?   .   . .  . .  . .  + .   .
desk:reschedule              POST    fair            ?   .   . .  . .  . .  + .   .
desk:cancel                  POST    fair            ?   .   . .  . .  . .  + .   .
desk:clone                   POST    fair            ?   .   . .  . .  . .  + .   .
desk:invitations             GET     fair            ?   .   . .  . .  . .  + .   .
desk:invitations-new         GET     fair            ?   .   . .  . .  . .  + .   .
desk:invitations-new         POST    fair            ?   .   . .  . .  . .  + .   .
desk:invitation-cancel       POST    invitation      ?   .   . .  . .  . .  + .   .
desk:message-retry           POST    message         ?   .   . .  . .  . .  + .   .
desk:message-cancel          POST    message         ?   .   . .  . .  . .  + .   .
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
        "fair": _pk(worlds, "uncalled_fair"),
        "opens_at": (timezone.now() + timedelta(days=1)).isoformat(),
        "closes_at": (timezone.now() + timedelta(days=9)).isoformat(),
    },
    ("api:fair-move-cancel", "POST"): lambda _: {"reason": "颱風"},
    ("api:fair-move-reschedule", "POST"): lambda _: {"days": 7},
    ("api:fair-move-clone", "POST"): lambda _: {"name_zh": "新展", "starts_on": "2030-01-01"},
    ("api:stage-list", "POST"): lambda worlds: {"fair": _pk(worlds, "fair"), "name_zh": "茶席"},
    ("api:session-list", "POST"): lambda worlds: {
        "stage": _pk(worlds, "stage"),
        "title_zh": "茶",
        "starts_at": (worlds.ours.things["fair"].begins_at + timedelta(hours=5)).isoformat(),
        "ends_at": (worlds.ours.things["fair"].begins_at + timedelta(hours=6)).isoformat(),
    },
    ("api:session-move", "POST"): lambda _: {"starts_at": "2030-01-01T02:00Z"},
    ("api:session-delay", "POST"): lambda _: {"minutes": 5},
    ("api:session-cancel", "POST"): lambda _: {"reason": "雨"},
    ("api:invitation-list", "POST"): lambda worlds: {
        "fair": _pk(worlds, "fair"),
        "people": [{"email": "another@example.net"}],
    },
    ("api:hall-make-grid", "POST"): lambda worlds: {
        "block": "A",
        "rows": 1,
        "columns": 1,
        "origin_x": 0,
        "origin_y": 9,
    },
    ("api:hall-add-circuit", "POST"): lambda worlds: {"name": "C9", "supply": 1},
    ("api:company-list", "POST"): lambda worlds: {
        "name_zh": "新茶行",
        "town": worlds.ours.things["town"].code,
        "category": worlds.ours.things["category"].code,
    },
    ("api:company-members", "POST"): lambda _: {"email": "new@example.com"},
    ("api:company-join", "POST"): lambda worlds: {"token": joining.link_token(worlds.ours.things["company_invite"])},
    ("api:product-list", "POST"): lambda worlds: {
        "company": _pk(worlds, "company"),
        "name_zh": "包種茶",
        "category": worlds.ours.things["category"].code,
    },
    ("api:application-list", "POST"): lambda worlds: {
        "call": _pk(worlds, "second_call"),
        "company": _pk(worlds, "company"),
    },
    ("api:application-return-for-correction", "POST"): lambda _: {
        "fields": ["power"],
        "reason": "?",
        "return_by": "2099-01-01T00:00Z",
    },
    ("api:application-extend", "POST"): lambda _: {"return_by": "2099-01-01T00:00Z"},
    ("api:application-stage", "POST"): lambda _: {"decision": "accept"},
    ("api:application-offer", "POST"): lambda worlds: {"booths": [_pk(worlds, "booth")]},
    ("api:application-move", "POST"): lambda worlds: {"booths": [_pk(worlds, "booth")]},
    ("api:review-list", "POST"): lambda worlds: {
        "application": _pk(worlds, "application"),
        "expert": str(worlds.ours.things["second_expert"].pk),
        "discipline": "design",
    },
    ("api:review-submit", "POST"): lambda _: {"scores": {"taste": 3}},
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
    "company-signup-confirm": "the same",
    "company-join": "the same",
    "join": "the same",
    "answer": "the same",
    "answer-event": "the same",
    "mail-stop": "the same",
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
    "api:company-make-owner": lambda _things, about: {"member": about.members.get().pk},
    "api:company-remove-member": lambda _things, about: {"member": about.members.get().pk},
    "desk:application": lambda things, about: {"slug": things["fair"].slug, "number": about.label},
    "desk:application-cancel": lambda things, about: {"slug": things["fair"].slug, "number": about.label},
    "desk:attendance": lambda things, about: {"slug": things["fair"].slug, "number": about.label},
    "desk:decide": lambda things, about: {"slug": things["fair"].slug, "number": about.label},
    "desk:extend": lambda things, about: {"slug": things["fair"].slug, "number": about.label},
    "desk:offer": lambda things, about: {"slug": things["fair"].slug, "number": about.label},
    "desk:return": lambda things, about: {"slug": things["fair"].slug, "number": about.label},
    "desk:*": lambda things, about: {"slug": about.slug if isinstance(about, Fair) else things["fair"].slug},
}


def _pk(worlds: Worlds, name: str) -> str:
    return str(worlds.ours.things[name].pk)
