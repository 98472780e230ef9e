"""/people/: the clinic's team, as its page shows it."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from ninja import Query, Router

from clinic.api.pagination import Listing, Paging, paged
from clinic.api.pictures import filter_specs
from clinic.api.schemas.people import TeamMember
from clinic.api.team import SIZES, team_member
from pages.models import ClinicImage, Person

router = Router(tags=["site"])


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
    rows = rows.prefetch_related(Prefetch("photo", photos))
    return paged(request, rows, paging, lambda people: [team_member(one, request) for one in people])
