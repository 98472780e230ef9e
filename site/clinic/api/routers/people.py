"""/people/: the clinic's team, as its page shows it."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router

from clinic.api.links import base_of_site, front_link
from clinic.api.pagination import Listing, Paging, paged
from clinic.api.pictures import filter_specs, picture
from clinic.api.schemas.people import TeamMember
from pages.models import ClinicImage, Person

router = Router(tags=["site"])
SIZES = "portrait"


@router.get(
    "/",
    response=Listing[TeamMember],
    url_name="people_list",
    operation_id="people_list",
    summary="The team",
)
def list_people(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Everybody whom editors show on the team page, in their order. A block of type `people` stands for this list."""
    photos = ClinicImage.objects.prefetch_renditions(*filter_specs(SIZES))
    rows = Person.objects.filter(on_team_page=True).order_by("sort_order", "name", "pk")
    base = base_of_site(request)

    def items(people: list[Person]) -> list[TeamMember]:
        return [
            TeamMember(
                slug=one.slug,
                name=one.name,
                credentials=one.credentials,
                role=one.role,
                licences=one.licences,
                biography=one.biography,
                photo=picture(one.photo, request, SIZES) if one.photo else None,
                demo=one.demo,
                html_url=front_link(reverse("person", args=[one.slug]), base),
            )
            for one in people
        ]

    return paged(request, rows.prefetch_related(Prefetch("photo", photos)), paging, items)
