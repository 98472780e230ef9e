"""Models of the research library."""

from research.models import clusters  # noqa: F401  (importing it makes instances quicker)
from research.models.changes import LibraryChange
from research.models.checks import CitationCheck
from research.models.citations import Citation
from research.models.imports import ImportBatch, ImportRow
from research.models.querysets import CitationQuerySet
from research.models.relations import CitationRelation, CitationTopic
from research.models.topics import Topic

__all__ = [
    "Citation",
    "CitationCheck",
    "CitationQuerySet",
    "CitationRelation",
    "CitationTopic",
    "ImportBatch",
    "ImportRow",
    "LibraryChange",
    "Topic",
]
