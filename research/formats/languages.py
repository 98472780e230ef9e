"""Languages as formats name them: PubMed's three letters, English names, and the two letters that CSL takes."""

# two letters (ISO 639-1), three letters as MEDLINE writes them (ISO 639-2/B), name in English
_LANGUAGES = (
    ("ar", "ara", "arabic"), ("cs", "cze", "czech"), ("da", "dan", "danish"), ("de", "ger", "german"),
    ("el", "gre", "greek"), ("en", "eng", "english"), ("es", "spa", "spanish"), ("fa", "per", "persian"),
    ("fi", "fin", "finnish"), ("fr", "fre", "french"), ("he", "heb", "hebrew"), ("hu", "hun", "hungarian"),
    ("it", "ita", "italian"), ("ja", "jpn", "japanese"), ("ko", "kor", "korean"), ("nl", "dut", "dutch"),
    ("no", "nor", "norwegian"), ("pl", "pol", "polish"), ("pt", "por", "portuguese"), ("ru", "rus", "russian"),
    ("sv", "swe", "swedish"), ("tr", "tur", "turkish"), ("uk", "ukr", "ukrainian"), ("zh", "chi", "chinese"),
)  # fmt: skip
_TO_CODE = {word: code for code, *words in _LANGUAGES for word in words} | {
    "deu": "de", "fra": "fr", "zho": "zh", "ces": "cs", "nld": "nl", "fas": "fa", "ell": "el",
}  # fmt: skip
_TO_MEDLINE = {code: three for code, three, _name in _LANGUAGES}


def language_code(text: str) -> str:
    """``en`` for ``eng`` or ``English``; anything unknown as it is."""
    return _TO_CODE.get(text.strip().lower(), text.strip())


def medline_language(code: str) -> str:
    """``eng`` for ``en`` or ``en-US``; anything unknown as it is."""
    return _TO_MEDLINE.get(code.lower().split("-")[0], code)
