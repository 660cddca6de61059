"""Every address of the portal. README, “Addresses”, lists those that other systems may rely on."""

from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

import credits.api
import faq.api
import faq.asking.api
from credits.views import first_sign_in, upgrade
from faq.sitemaps import SITEMAPS
from helpdesk.common import converters, pictures
from helpdesk.common.replica import may_read_replica

from . import appearance, errors, monitors, offline, pages, sign_in, styleguide
from .account import views as account
from .metrics import views as metrics

converters.register()

#: Public and stateless, so without CSRF tokens: a POST to a GET address answers 405 instead of 403.
api = [
    path("search", faq.api.search_entries, name="search"),
    path("suggest", faq.api.suggest_entries, name="suggest"),
    path("entries/", faq.api.entries, name="entries"),
    path("entries/<ref:ref>/", faq.api.entry, name="entry"),
    path("questions", faq.asking.api.questions, name="questions"),
    path("questions/<public_id:token>", faq.asking.api.question, name="question"),
    path("credits/statement", credits.api.statement, name="credit-statement"),
    path("upgrade/check", credits.api.upgrade_check, name="upgrade-check"),
    path("upgrade/points", credits.api.upgrade_points, name="upgrade-points"),
    path("openapi.json", pages.openapi, name="openapi"),
]

for address in api:
    address.callback = csrf_exempt(address.callback)

sitemap_index, sitemap = may_read_replica(sitemaps.index), may_read_replica(sitemaps.sitemap)

urlpatterns = [
    path("", include("faq.urls")),
    path("credits/", include("credits.urls")),
    path("upgrade/", upgrade.check, name="upgrade"),
    path("api/v1/", include((api, "api"))),
    path("admin/", admin.site.urls),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/first/", first_sign_in.first_sign_in, name="first-sign-in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="account-password"),
    path("account/second-factor/", account.second_factor, name="account-factor"),
    path("account/code/", account.code, name="account-code"),
    path("account/sign-out/", account.leave_everywhere, name="account-leave"),
    path("appearance/", appearance.choose, name="appearance"),
    path("media/<picture:name>", pictures.picture, name="picture"),
    path("privacy/", pages.privacy, name="privacy"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("sw.js", offline.worker, name="worker"),  # at the root: a worker controls only what is below its address
    path("offline/", offline.page, name="offline"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("sitemap.xml", sitemap_index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-section"}, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap-section"),
    path("robots.txt", pages.robots, name="robots"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("healthz", monitors.healthz, name="healthz"),
    path("readyz", monitors.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
