"""Identifiers of published work in one spelling each: DOI, PMID, PMCID, ISBN and NCT number.

Every function takes what a person or a file gives, returns the normal form, and raises ValueError with a
sentence that says what to do when there is none. Nothing here reads a database or a network.
"""

import html
import re
from collections.abc import Callable
from urllib.parse import unquote

from django.utils.translation import gettext as _

DOI_MAX_LENGTH = 255

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_DOI_START = re.compile(r"10\.\d{4,9}(?:\.\d+)*/", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s]+", re.IGNORECASE)
_PMID = re.compile(
    r"(?:pmid\s*:?\s*|https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/)?0*(\d{1,9})/?"
)
_PMCID = re.compile(
    r"(?:pmcid\s*:?\s*|https?://(?:www\.)?(?:pmc\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pmc)/articles/)?(?:pmc\s*)?0*(\d{1,9})(?:\.\d+)?/?"
)
_NCT = re.compile(
    r"(?:clinicaltrials\.gov[\s:/]*|https?://(?:www\.|classic\.)?clinicaltrials\.gov/(?:ct2/show|study|show)/)?nct\s*-?\s*(\d{8})(?:[/?#].*)?"
)
_CLOSERS = {")": "(", "]": "[", "}": "{", ">": "<"}


def _plain(value: str) -> str:
    """The value without invisible characters, entities and outer space."""
    return _INVISIBLE.sub("", html.unescape(value)).strip()


def _drop_sentence_end(doi: str) -> str:
    """Drops punctuation that belongs to the sentence around a DOI, and closing brackets that nothing opened."""
    while doi:
        last = doi[-1]
        if last in ".,;:'\"’”" or (last in _CLOSERS and doi.count(last) > doi.count(_CLOSERS[last])):
            doi = doi[:-1]
        else:
            break
    return doi


def normalize_doi(value: str) -> str:
    """A DOI in lower case, without resolver, prefix or a trailing dot: ``10.1016/j.pain.2009.06.023``.

    DOI names compare without regard to ASCII case (DOI Handbook, 2.4). Accepts ``doi:``, resolver and publisher
    addresses that hold a DOI, percent-encoding and SICI-style names with ``<`` and ``>``.
    """
    import idutils  # here: its patterns take a third of a second to compile, and every start would wait for them

    text = _plain(value)
    if "://" in text or text.lower().startswith(("doi.org/", "dx.doi.org/", "www.")):
        text = unquote(text)
        start = _DOI_START.search(text)
        if start:
            text = re.split(r"[?#]", text[start.start() :])[0]
    else:
        text = re.sub(r"^(?:doi\s*[:=]?\s*)+", "", text, flags=re.IGNORECASE)
    text = _drop_sentence_end(text)
    if len(text) > DOI_MAX_LENGTH or not _DOI.fullmatch(text) or not idutils.is_doi(text):
        raise ValueError(
            _("“%(value)s” is not a DOI. A DOI begins with “10.” and holds a slash: 10.1016/j.pain.2009.06.023.")
            % {"value": _shown(value)}
        )
    return str(idutils.normalize_doi(text)).lower()


def normalize_pmid(value: str | int) -> str:
    """A PubMed number as digits without leading zeros: ``19604642``."""
    match = _PMID.fullmatch(_plain(str(value)).lower())
    if not match or int(match[1]) == 0:
        raise ValueError(
            _("“%(value)s” is not a PMID. A PMID is a whole number of up to nine digits, for example 19604642.")
            % {"value": _shown(value)}
        )
    return match[1]


def normalize_pmcid(value: str | int) -> str:
    """A PubMed Central number with its prefix and without a version: ``PMC3012738``."""
    match = _PMCID.fullmatch(_plain(str(value)).lower())
    if not match or int(match[1]) == 0:
        raise ValueError(
            _("“%(value)s” is not a PMCID. A PMCID is “PMC” and up to nine digits, for example PMC3012738.")
            % {"value": _shown(value)}
        )
    return f"PMC{match[1]}"


def normalize_isbn(value: str) -> str:
    """An ISBN as thirteen digits without hyphens; an ISBN-10 is converted and every check digit is checked."""
    import idutils

    digits = re.sub(
        r"[\s\-‐-―−]", "", re.sub(r"^isbn(?:-?1[03])?\s*:?", "", _plain(value), flags=re.IGNORECASE)
    ).upper()
    if re.fullmatch(r"\d{9}[\dX]", digits):
        if not idutils.is_isbn10(digits):
            raise ValueError(_bad_isbn(value))
        digits = "978" + digits[:9]
        return digits + _ean_check_digit(digits)
    if re.fullmatch(r"97[89]\d{10}", digits):
        if digits[12] != _ean_check_digit(digits[:12]):
            raise ValueError(_bad_isbn(value))
        return digits
    raise ValueError(
        _("“%(value)s” is not an ISBN. An ISBN has 13 digits (beginning 978 or 979) or 10.") % {"value": _shown(value)}
    )


def normalize_nct(value: str) -> str:
    """A ClinicalTrials.gov number: ``NCT00579085``."""
    match = _NCT.fullmatch(_plain(value).lower())
    if not match:
        raise ValueError(
            _("“%(value)s” is not an NCT number. It is “NCT” and eight digits, for example NCT00579085.")
            % {"value": _shown(value)}
        )
    return f"NCT{match[1]}"


NORMALIZERS: dict[str, Callable[[str], str]] = {
    "DOI": normalize_doi,
    "PMID": normalize_pmid,
    "PMCID": normalize_pmcid,
    "ISBN": normalize_isbn,
    "NCT": normalize_nct,
}
"""The normaliser of each identifier, by its name in CSL (and NCT, which CSL lacks)."""


def _ean_check_digit(first_twelve: str) -> str:
    """The thirteenth digit of an EAN (ISO 2108, annex A)."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(first_twelve))
    return str(-total % 10)


def _bad_isbn(value: object) -> str:
    return _("The check digit of ISBN “%(value)s” does not fit. Compare it with the book: one digit is wrong.") % {
        "value": _shown(value)
    }


def _shown(value: object) -> str:
    """The value as an error message repeats it: never longer than a line."""
    text = str(value).strip()
    return text if len(text) <= 80 else text[:79] + "…"
