"""Dates as reference managers write them, read into CSL dates with month and day only where they are known."""

import re
from calendar import monthrange
from collections.abc import Mapping

from research.formats.csl import CslDate, date_parts

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SEASONS = {"spring": "1", "summer": "2", "autumn": "3", "fall": "3", "winter": "4"}
SEASON_NAMES = {"1": "Spring", "2": "Summer", "3": "Autumn", "4": "Winter"}

_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_NUMERIC = re.compile(r"(\d{4})(?:\s*[-/.]\s*(\d{1,2})(?:\s*[-/.]\s*(\d{1,2}))?)?(?:T.*| \d\d?:.*|/.*)?")
_WORDS = re.compile(r"[A-Za-z]+")


def month_number(word: str) -> int | None:
    """1 for ``Jan``, ``January``, ``01`` or ``1``; None for what is no month."""
    word = word.strip().strip(".").lower()
    if word.isdigit():
        return int(word) if 1 <= int(word) <= 12 else None
    return MONTHS.index(word[:3]) + 1 if len(word) >= 3 and word[:3] in MONTHS else None


def valid_parts(parts: list[object]) -> list[int]:
    """``[year, month, day]`` up to the first part that is no part of a date."""
    numbers: list[int] = []
    for part in parts[:3]:
        try:
            number = int(str(part).strip())
        except ValueError:
            break
        place = len(numbers)
        highest = monthrange(numbers[0], numbers[1])[1] if place == 2 else (9998, 12)[place]
        if not 1 <= number <= highest:
            break
        numbers.append(number)
    return numbers


def parse_date(value: object) -> CslDate:
    """A CSL date from a CSL date, a number or words; empty when nothing can be made of it.

    Words that hold a year give the year (and month, day, season, where they are plain); other words stay a literal.
    """
    if isinstance(value, bool):
        return {}
    if isinstance(value, Mapping):
        return _from_csl(value)
    if isinstance(value, int | float | str):
        return parse_words(str(value))
    return {}


def _from_csl(value: Mapping[str, object]) -> CslDate:
    entries = value.get("date-parts")
    ranges = [valid_parts(entry) for entry in entries if isinstance(entry, list)] if isinstance(entries, list) else []
    ranges = [parts for parts in ranges if parts][:2]
    words = str(value.get("raw") or value.get("literal") or "").strip()[:200]
    if not ranges:
        return parse_words(words)
    date: CslDate = {"date-parts": ranges}
    season = str(value.get("season") or "").strip()[:20]
    if season:
        date["season"] = SEASONS.get(season.lower(), season)
    if value.get("circa"):
        date["circa"] = True
    return date


def parse_words(text: str) -> CslDate:
    """A date from words: ``2009-12-15``, ``2009/12//``, ``2009 Dec 15``, ``15 December 2009``, ``Spring 2009``."""
    text = re.sub(r"\s+", " ", text).strip(" ,;")
    if not text:
        return {}
    if numeric := _NUMERIC.fullmatch(text):
        parts = valid_parts([part for part in numeric.groups() if part])
        return {"date-parts": [parts]} if parts else {"literal": text}
    year = _YEAR.search(text)
    if not year:
        return {"literal": text}
    rest = (text[: year.start()] + " " + text[year.end() :]).strip()
    words = _WORDS.findall(rest)
    date: CslDate = {"date-parts": [[int(year[0])]]}
    for word in words:
        if season := SEASONS.get(word.lower()):
            return {"date-parts": [[int(year[0])]], "season": season}
    months = [month for word in words if (month := month_number(word))]
    if months:
        days = [int(day) for day in re.findall(r"(?<!\d)\d{1,2}(?!\d)", rest)]
        single = len(months) == 1 and len(days) == 1
        date["date-parts"] = [valid_parts([int(year[0]), months[0], *(days if single else [])])]
        if len(months) == 2 and not days:
            last = _YEAR.search(text, year.end()) or year  # 1998 Dec-1999 Jan
            date["date-parts"].append([int(last[0]), months[1]])
    if re.search(r"\b(?:ca?\.|circa|about)", text, re.IGNORECASE):
        date["circa"] = True
    return date


def medline_date(date: CslDate | None) -> str:
    """A date as PubMed writes it: ``2009``, ``2009 Dec``, ``2009 Dec 15``, ``2009 Spring``."""
    parts = date_parts(date)
    if not parts:
        return str((date or {}).get("literal", ""))
    season = SEASON_NAMES.get((date or {}).get("season", ""), (date or {}).get("season", ""))
    words = [str(parts[0])]
    if season:
        words.append(season)
    if len(parts) > 1:
        words.append(MONTHS[parts[1] - 1].capitalize())
    if len(parts) > 2:
        words.append(str(parts[2]))
    later = (date or {}).get("date-parts", [])[1:2]
    if len(parts) == 2 and later and len(later[0]) == 2:
        other_year = f"{later[0][0]} " if later[0][0] != parts[0] else ""
        words[-1] += f"-{other_year}{MONTHS[later[0][1] - 1].capitalize()}"
    return " ".join(words)
