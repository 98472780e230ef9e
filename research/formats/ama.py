"""A list of references as plain text in the clinic's citation style, numbered."""

from collections.abc import Iterable, Iterator

from research.formats.csl import CslItem
from research.formatting import format_ama


def write(items: Iterable[CslItem]) -> Iterator[str]:
    """One reference a line with its number, as a manuscript lists them."""
    for number, item in enumerate(items, 1):
        yield f"{number}. {format_ama(item).text}\n"
