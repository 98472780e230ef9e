"""Words of crisis in free text. A match never blocks: it puts crisis help on the thank-you page and flags the item.

The list leans towards too many matches: a crisis block shown needlessly costs a line of screen, a missed one may
cost a life. It is a prompt for people and no assessment.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# English and Spanish, as people write them on phones. Matched on text without accents and apostrophes.
PATTERNS = (
    r"suicid\w*",
    r"kill(ing)? (myself|my self|me)",
    r"end(ing)? (my|my own|it) (life|all)",
    r"end it all",
    r"take my (own )?life",
    r"tak(e|ing) my (own )?life",
    r"want(ed)? to die",
    r"wanna die",
    r"wish(ed)? (i was|i were|i am|id been|to be) dead",
    r"better off (dead|without me)",
    r"(dont|do not|didnt) (want|wanna) to (live|be alive|wake up|be here|exist)",
    r"no (reason|point) (to live|in living|to go on)",
    r"(cant|cannot|can not) go on( like this)?( any ?more)?",
    r"hurt(ing)? (myself|my self)",
    r"harm(ing)? (myself|my self)",
    r"self ?harm\w*",
    r"cut(ting)? myself",
    r"overdos\w*",
    r"hang myself",
    r"shoot myself",
    r"matarme",
    r"quitarme la vida",
    r"acabar con mi vida",
    r"(quiero|deseo) morir(me)?",
    r"no (quiero|deseo) (vivir|seguir viviendo)",
    r"hacerme dano",
    r"autolesion\w*",
)
_ANY = re.compile(r"\b(?:" + "|".join(PATTERNS) + r")\b")


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    letters = re.sub(r"['\u2019\u02bc`\u00b4]", "", letters)
    return re.sub(r"[\W_]+", " ", letters)


def mentions_crisis(texts: Iterable[str]) -> bool:
    """Whether any of the texts holds a word of crisis."""
    return any(_ANY.search(_plain(text)) for text in texts if text)
