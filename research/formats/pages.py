"""Page ranges: one string in CSL, two fields or other dashes elsewhere."""

import re

_RANGE = re.compile(r"([A-Za-z]*\d+[A-Za-z]*)\s*(?:-{1,2}|[‐-―−])\s*([A-Za-z]*\d+[A-Za-z]*)")


def split_pages(page: str) -> tuple[str, str]:
    """First and last page; the last is empty for one page, an e-id or anything but one plain range."""
    match = _RANGE.fullmatch(page.strip())
    return (match[1], match[2]) if match else (page.strip(), "")


def join_pages(first: str, last: str) -> str:
    """``1031-1040``; one page where both are the same or the last is unknown."""
    first, last = first.strip(), last.strip()
    if last and first and last != first:
        return f"{first}-{last}"
    return plain_dashes(first or last)


def plain_dashes(pages: str) -> str:
    """The pages with one hyphen for every dash between numbers."""
    return re.sub(r"(?<=\w)\s*(?:--+|[‐-―−])\s*(?=\w)", "-", pages.strip())
