"""Models of the research library."""

from research.models.citations import Citation, CitationRelation, CitationTopic
from research.models.topics import Topic

__all__ = ["Citation", "CitationRelation", "CitationTopic", "Topic"]
