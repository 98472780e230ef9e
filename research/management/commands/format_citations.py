"""manage.py format_citations: format every stored reference anew, after CITATION_STYLE or a style file changed."""

from typing import Any

from django.core.management.base import BaseCommand

from research.models import Citation

CHUNK = 200


class Command(BaseCommand):
    """References are formatted when a record is saved; this catches up after the style itself changed."""

    help = "Formats all references again in the style that CITATION_STYLE names. Records and drafts stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the references that come out different, a chunk at a time."""
        total = Citation.objects.count()
        changed = 0
        waiting: list[Citation] = []
        for done, citation in enumerate(Citation.objects.order_by("pk").iterator(chunk_size=CHUNK), 1):
            formatted = citation.formatted()
            if (citation.ama_html, citation.ama_text) != (formatted.html, formatted.text):
                citation.ama_html, citation.ama_text = formatted.html, formatted.text
                waiting.append(citation)
            if len(waiting) >= CHUNK or done == total:
                Citation.objects.bulk_update(waiting, ["ama_html", "ama_text"], batch_size=100)
                changed += len(waiting)
                waiting = []
                self.stdout.write(f"\r{done} of {total}", ending="")
                self.stdout.flush()
        self.stdout.write(f"\r{changed} of {total} references changed.")
