"""Shapes of the people of the clinic."""

from __future__ import annotations

from ninja import Field

from clinic.api.schemas.media import Picture
from clinic.api.schemas.shape import Shape


class TeamMember(Shape):
    """Somebody of the clinic."""

    slug: str
    name: str
    credentials: str
    role: str
    licences: str = Field(description="Where they are licensed.")
    biography: str
    photo: Picture | None
    demo: bool = Field(description="Made up for a demonstration. Say so.")
    html_url: str
