"""Names as reference managers write them, read into CSL names."""

import re

from research.formats.csl import CslName, display_name

ET_AL = re.compile(r"(?:and\s+)?(?:et\.?\s+al\.?|others)", re.IGNORECASE)
_INITIALS = re.compile(r"(?P<family>\S+(?: \S+)?) (?P<given>(?:[A-Z]\.?[- ]?){1,4})")
_SUFFIX = re.compile(r"(?:Jr|Sr|I{2,3}|IV|2nd|3rd|4th)\.?", re.IGNORECASE)
_BODY = re.compile(
    r"\b(?:of|for|the|and|group|institut\w*|university|college|academy|association|society|committee|center|centre|"
    r"consortium|investigators|administration|department|ministry|agency|hospital|clinic|council|trial|study|team)\b",
    re.IGNORECASE,
)


def parse_inverted(text: str) -> CslName:
    """``Family, Given, Suffix`` as RIS and PubMed write it; a name without a comma is a body's.

    A doubled comma stands for one inside a body's name, as in EndNote: ``University of California,, Irvine``.
    """
    text = re.sub(r"\s+", " ", text).strip().strip(";")
    if ",," in text:
        return {"literal": text.replace(",,", ",")}
    family, *rest = [part.strip() for part in text.split(",")]
    rest = [part for part in rest if part]
    if not rest:
        initials = _INITIALS.fullmatch(family)
        if initials and not _BODY.search(family):
            return {"family": initials["family"], "given": initials["given"].strip()}
        return {"literal": family} if family else {}
    if not family:
        return {"literal": ", ".join(rest)}
    if len(rest) > 2:
        return {"literal": text}
    name: CslName = {"family": family, "given": rest[0]}
    if len(rest) == 2:
        if _SUFFIX.fullmatch(rest[0]):
            rest = [rest[1], rest[0]]
        name = {"family": family, "given": rest[0], "suffix": rest[1]}
    return name


def write_inverted(name: CslName) -> str:
    """The name as RIS holds it; the counterpart of `parse_inverted`."""
    if name.get("literal"):
        return name["literal"].replace(",", ",,")
    return display_name(name)


def is_et_al(text: str) -> bool:
    """Whether a "name" only says that there are more."""
    return bool(ET_AL.fullmatch(text.strip().strip(",;")))
