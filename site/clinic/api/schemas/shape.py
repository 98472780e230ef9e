"""Shape: the parent of every shape that the API answers with."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """Plain pydantic. Ninja's own Schema looks behind each value for methods and resolvers, which cost a list of a
    hundred records more than all its queries; requests, which are short, keep it.
    """

    model_config = ConfigDict(from_attributes=True)
