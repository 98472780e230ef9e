"""An author list as people type it: one name a line. Pure functions, the inverse of one another.

``Feder, Adriana``; ``van der Velde, Jan`` (particle); ``King, Martin Luther, Jr.`` (suffix);
``Beethoven, Ludwig van`` (particle after the given name); a line without a comma is a group
(``US Food and Drug Administration``), and braces keep a comma in a group's name (``{Smith, Jones and Partners}``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from research.formats.csl import CslName, display_name


def as_lines(names: Iterable[CslName]) -> str:
    """The list as text, one name a line."""
    return "\n".join(as_line(name) for name in names)


def as_line(name: CslName) -> str:
    """One name as a line; a group whose name holds a comma stands in braces."""
    literal = name.get("literal", "")
    if literal:
        return f"{{{literal}}}" if "," in literal else literal
    line = display_name(name)
    return line if "," in line else f"{line},"  # a family name alone is not a group


def from_lines(text: str, known: Iterable[CslName] = ()) -> list[CslName]:
    """The names of a text. A line that reads like one of ``known`` keeps that name's parts exactly."""
    kept = {as_line(name): name for name in known}
    lines = (line.strip() for line in text.splitlines())
    return [kept.get(line) or from_line(line) for line in lines if line]


def from_line(line: str) -> CslName:
    """One line as a CSL name."""
    line = " ".join(line.split())
    if line.startswith("{") and line.endswith("}"):
        return {"literal": line[1:-1].strip()}
    parts = [part.strip() for part in line.split(",")]
    if len(parts) == 1:
        return {"literal": line}
    before, family = _leading_particle(parts[0])
    given, after = _trailing_particle(parts[1])
    name = {
        "non-dropping-particle": before,
        "family": family,
        "given": given,
        "dropping-particle": after,
        "suffix": ", ".join(part for part in parts[2:] if part),
    }
    return cast(CslName, {key: value for key, value in name.items() if value})


def _leading_particle(family: str) -> tuple[str, str]:
    words = family.split()
    count = 0
    while count < len(words) - 1 and words[count][:1].islower():
        count += 1
    return " ".join(words[:count]), " ".join(words[count:])


def _trailing_particle(given: str) -> tuple[str, str]:
    words = given.split()
    count = len(words)
    while count > 1 and words[count - 1][:1].islower():
        count -= 1
    return " ".join(words[:count]), " ".join(words[count:])
