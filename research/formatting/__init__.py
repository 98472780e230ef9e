"""References as people read them: AMA 11th edition, or another CSL style named by the setting CITATION_STYLE."""

from research.formatting.reference import FormattedCitation, format_ama, format_reference
from research.formatting.style import DEFAULT_STYLE, StyleError, load_style

__all__ = ["DEFAULT_STYLE", "FormattedCitation", "StyleError", "format_ama", "format_reference", "load_style"]
