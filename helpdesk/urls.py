"""Every address of the portal. What is public and stays put is listed in README “Addresses”."""

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

import credits.api
import faq.api
from faq.sitemaps import SITEMAPS

from . import appearance, offline, styleguide, views

#: Public and stateless, so without CSRF tokens: another method than theirs is answered with 405.
api = [
    path("search", faq.api.search_entries, name="search"),
    path("suggest", faq.api.suggest_entries, name="suggest"),
    path("entries/", faq.api.entries, name="entries"),
    path("entries/<str:ref>/", faq.api.entry, name="entry"),
    path("credits/statement", credits.api.statement, name="credit-statement"),
    path("openapi.json", views.openapi, name="openapi"),
]

for address in api:
    address.callback = csrf_exempt(address.callback)

urlpatterns = [
    path("", include("faq.urls")),
    path("credits/", include("credits.urls")),
    path("api/v1/", include((api, "api"))),
    path("admin/", admin.site.urls),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-in/first/", views.first_sign_in, name="first-sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("appearance/", appearance.choose, name="appearance"),
    path("privacy/", views.privacy, name="privacy"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("sw.js", offline.worker, name="worker"),  # at the root, for all that stands below it
    path("offline/", offline.page, name="offline"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
