"""Addresses of the public site that are not pages of the tree."""

from django.urls import path, re_path
from wagtail.urls import serve_pattern

from pages import citation_page, person_page, serving, views
from pages.search.views import search

urlpatterns = [
    path("theme.<slug:name>.css", views.theme_css, name="theme"),
    path("social/<int:page_id>.png", views.social_image, name="social_image"),
]

# These speak the language of their prefix, as the pages of the tree do.
translated = [
    path("search/", search, name="search"),
    path("research/<slug:key>/", citation_page.citation_page, name="research_citation"),
    path("people/<slug:slug>/", person_page.person_page, name="person"),
    re_path(serve_pattern, serving.serve),
]
