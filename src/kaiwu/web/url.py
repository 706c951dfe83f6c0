"""Addresses of the platform (路由)."""

from __future__ import annotations

from django.urls import include, path

from kaiwu.web import home, shell
from kaiwu.web.evaluation.api import make_public_api
from kaiwu.web.market.api import add_verbs
from kaiwu.web.menu import screens
from kaiwu.web.registry import views as registry
from kaiwu.web.screen.api import make_api
from kaiwu.web.screen.view import screen_urls

api = make_api(screens())
add_verbs(api)

urlpatterns = [
    path("", home.show_home, name="home"),
    path("search/", home.show_search, name="search"),
    path("health/", home.show_health, name="health"),
    path("language/<str:code>/", shell.switch_language, name="language"),
    path("api/", api.urls),
    path("public/api/", make_public_api().urls),
    path("", include("kaiwu.web.account.url")),
    path("", include("kaiwu.web.evaluation.url")),
    path("", include("kaiwu.web.case.url")),
    path("", include("kaiwu.web.paper.url")),
    path("", include("kaiwu.web.cockpit.url")),
    path("", include("kaiwu.web.exchange.url")),
    path("", include("kaiwu.web.rating.url")),
    path("", include("kaiwu.web.run.url")),
    path("", include("kaiwu.web.market.url")),
    path("", include("kaiwu.web.identity.url")),
    path("", include("kaiwu.web.land.url")),
    path("", include("kaiwu.web.policy.url")),
    path("", include("kaiwu.web.claim.url")),
    path("firm/<str:key>/figures/", registry.show_figures, name="firm-figures"),
    *[pattern for screen in screens() for pattern in screen_urls(screen)],
]

handler404 = "kaiwu.web.home.not_found"
handler403 = "kaiwu.web.home.forbidden"
handler500 = "kaiwu.web.home.broken"
