"""All addresses of the site, from the fixed ones down to Wagtail's page tree."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls

from clinic import admin_files
from clinic.api import v2
from clinic.api.index import index
from clinic.api.instance import api
from clinic.api.middleware import nothing_here
from clinic.media import media
from clinic.robots import robots_txt
from pages import urls as pages_urls
from pages.downloads import serve as serve_document
from pages.sitemap import LibrarySitemap, PageSitemap, PeopleSitemap

SITEMAPS = {"pages": PageSitemap, "library": LibrarySitemap, "people": PeopleSitemap}

urlpatterns = [
    path("robots.txt", robots_txt, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("", include(pages_urls)),
    path("admin/", include(admin_files.urlpatterns)),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/<int:document_id>/<path:document_filename>", serve_document),
    path("documents/", include(wagtaildocs_urls)),
    path("api/v3/", index, name="api_index"),
    path("api/v3/", api.urls),
    path("api/v2/", v2.api.urls),
    # Nothing else under /api/ may fall through to the page tree.
    re_path(r"^api/", nothing_here),
    re_path(rf"^{settings.MEDIA_URL.strip('/')}/(?P<path>.+)$", media, name="media"),
    # English stands at the root, every other language under its code.
    *i18n_patterns(
        path("", include(pages_urls.translated)), path("", include(wagtail_urls)), prefix_default_language=False
    ),
]

handler400 = "pages.views.bad_request"
handler500 = "pages.views.server_error"
