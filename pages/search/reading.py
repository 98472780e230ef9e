"""Reads what a visitor typed into the search box. Pure: text in, groups of interchangeable phrases out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

Phrase = tuple[str, ...]

LONGEST_TEXT = 200  # characters kept of what was typed
MOST_WORDS = 12
LONGEST_WORD = 60
WORD = re.compile(r"[^\W_]+")
SPLIT_BY_APOSTROPHE = frozenset({"s", "t", "d", "m", "re", "ve", "ll"})

#: Abbreviations of treatments and routes, which are no topics of their own. Conditions bring theirs with them
#: (research.Topic.synonyms).
GLOSSARY: tuple[tuple[str, ...], ...] = (
    ("ECT", "electroconvulsive therapy"),
    ("IV", "intravenous"),
    ("IM", "intramuscular"),
    ("TMS", "transcranial magnetic stimulation"),
    ("CBT", "cognitive behavioral therapy", "cognitive behavioural therapy"),
    ("SSRI", "selective serotonin reuptake inhibitor"),
    ("RCT", "randomized controlled trial", "randomised controlled trial"),
    ("FDA", "Food and Drug Administration"),
    ("Spravato", "esketamine"),
)

#: Words that say nothing about what is looked for. They count only when there is nothing else.
_FILLERS = """
    about after all also am an and any are as at be because been but by can con could cual cuando cuál cómo de
    del did do does el en es esta está for from get had has have help how if in into is it its la las lo los
    me mi my of on or our para por puede que qué se should si sin so su than that the their them then there
    these they this to un una was we what when where which who why will with would you your
"""
FILLERS = frozenset(_FILLERS.split())

#: Stems that mean crisis help belongs first, before any result.
URGENT = re.compile(
    r"(?i)(?<!\w)(suicid|overdos|self[- ]?harm|kill(ing)? (my|him|her|them)self|want to die|wanna die"
    r"|end (my|it) (life|all)"
    r"|988|911|crisis|hurt(ing)? (my|him|her|them)self|matarme|morir(me)?|sobredosis|quitarme la vida)"
)


@dataclass(frozen=True)
class Reading:
    """What was typed, as kept in the box, and as groups: every group must match by one of its phrases."""

    text: str
    groups: tuple[frozenset[Phrase], ...]

    @property
    def is_urgent(self) -> bool:
        """Whether the words suggest that somebody may be in danger."""
        return bool(URGENT.search(self.text))

    @property
    def words(self) -> tuple[str, ...]:
        """The words as typed, in lower case."""
        return tuple(words(self.text))


def cleaned(text: str) -> str:
    """Returns the text as it may be shown in the box again: one line, no control or direction characters, not long."""
    text = unicodedata.normalize("NFC", text[: LONGEST_TEXT * 4])
    kept = "".join(" " if character.isspace() else character for character in text if not _invisible(character))
    return " ".join(kept.split())[:LONGEST_TEXT].strip()


def words(text: str) -> list[str]:
    """Returns the words of a text in lower case. Nothing else survives, so no operator ever reaches the database."""
    found = [word[:LONGEST_WORD] for word in WORD.findall(text.lower())]
    return [word for index, word in enumerate(found) if not (index and word in SPLIT_BY_APOSTROPHE)]


def read(typed: str, synonyms: Iterable[Iterable[str]] = ()) -> Reading:
    """Reads a query. `synonyms` are sets of names for the same thing; any of them finds all of them."""
    text = cleaned(typed)
    all_words = words(text)
    wanted = [word for word in all_words if word not in FILLERS] or all_words
    names = _names((*GLOSSARY, *synonyms))
    longest = max((len(name) for name in names), default=1)
    groups: list[frozenset[Phrase]] = []
    at = 0
    wanted = wanted[:MOST_WORDS]
    while at < len(wanted):
        for size in range(min(longest, len(wanted) - at), 0, -1):
            phrase = tuple(wanted[at : at + size])
            if size == 1 or phrase in names:
                groups.append(names.get(phrase, frozenset()) | {phrase})
                at += size
                break
    return Reading(text, tuple(dict.fromkeys(groups)))


def _names(synonyms: Iterable[Iterable[str]]) -> dict[Phrase, frozenset[Phrase]]:
    """Maps every name, as words, to all names that mean the same."""
    found: dict[Phrase, frozenset[Phrase]] = {}
    for same in synonyms:
        phrases = frozenset(
            phrase for name in same if (phrase := tuple(word for word in words(name) if word not in FILLERS))
        )
        for phrase in phrases:
            found[phrase] = found.get(phrase, frozenset()) | phrases
    return found


def _invisible(character: str) -> bool:
    """Control, format (direction marks, zero-width) and unassigned characters, and lone surrogates; not white space."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Cn", "Co"} and not character.isspace()


def stem(word: str) -> str:
    """Returns the beginning that a word shares with its other forms: depress for depression, depressed, depressive.

    Deliberately crude (English endings only): both databases match it as a prefix, so that they find the same.
    """
    for ending in ("ations", "ation", "ments", "ment", "ions", "ion", "ings", "ing", "ives", "ive", "ies", "ed", "es"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word[:-1] if len(word) > 4 and word.endswith(("s", "y")) and not word.endswith("ss") else word


def is_prefix(word: str) -> bool:
    """Whether a word is matched by its beginning. Abbreviations and numbers are matched whole: IV is not ivory."""
    return len(word) > 3 and word.isalpha()
