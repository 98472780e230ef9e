"""The people of the clinic as the API gives them."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from clinic.api.links import base_of_site, front_link
from clinic.api.pictures import picture
from clinic.api.schemas.people import TeamMember
from pages.models import Person

#: The set of sizes of their photos.
SIZES = "portrait"


def team_member(person: Person, request: HttpRequest) -> TeamMember:
    """One of the team."""
    return TeamMember(
        slug=person.slug,
        name=person.name,
        credentials=person.credentials,
        role=person.role,
        licences=person.licences,
        biography=person.biography,
        photo=picture(person.photo, request, SIZES) if person.photo else None,
        demo=person.demo,
        html_url=front_link(reverse("person", args=[person.slug]), base_of_site(request)),
    )
