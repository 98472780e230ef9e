"""The page of one person, at `/people/<slug>/`: a member of the team, or somebody who checks pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from pages import jsonld
from pages.frame_cache import frame_for
from pages.models import Person


@require_safe
def person_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Who the person is and which pages they checked. Nobody is shown who is neither on the team nor a reviewer."""
    person = get_object_or_404(Person.objects.select_related("photo"), slug=slug)
    checked = person.checked()
    if not (checked or person.on_team_page):
        raise Http404
    address = request.build_absolute_uri(request.path)
    return render(
        request,
        "pages/person.html",
        {
            "person": person,
            "parent": frame_for(request).team,
            "checked": checked,
            "address": address,
            "work": _data(request, person),
        },
    )


def _data(request: HttpRequest, person: Person) -> str:
    """The person in schema.org's words; a demo profile is nobody and says nothing."""
    if person.demo:
        return ""
    ids = jsonld.Ids(
        request.build_absolute_uri(frame_for(request).home), request.build_absolute_uri(request.path), "en"
    )
    node = {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "url": ids.page,
        "mainEntity": jsonld.person(person, ids),
    }
    return jsonld.dumps(node)
