"""Normal forms of phone numbers, NPIs and e-mail addresses. Pure functions; they raise ValueError on bad input."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

DEFAULT_REGION = "US"


def normalise_phone(text: str, region: str = DEFAULT_REGION) -> str:
    """Return the number in E.164 (``+17605550142``), with ``;ext=12`` after it if an extension was given (RFC 3966).

    National numbers are read as numbers of ``region``. Numbers that no operator could assign raise ValueError.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if len(text) > 40:
        raise ValueError("too long for a phone number")
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a phone number") from error
    # "possible" (right length for its country) and not "valid": range tables lag behind new numbers, and turning a
    # reachable person away is worse than keeping a mistyped number beside a name.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError("wrong number of digits")
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{e164};ext={number.extension}" if number.extension else e164


def display_phone(e164: str, region: str = DEFAULT_REGION) -> str:
    """Write a stored number the way people of ``region`` read it; anything unreadable comes back as it is."""
    number, _, extension = e164.partition(";ext=")
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return e164
    home = phonenumbers.country_code_for_region(region) == parsed.country_code
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    written = phonenumbers.format_number(parsed, style)
    return f"{written} ext. {extension}" if extension else written


def normalise_npi(text: str) -> str:
    """Return a National Provider Identifier as 10 digits.

    The check digit is Luhn's over ``80840`` and the number (45 CFR 162.406; CMS NPI check digit rule).
    """
    digits = re.sub(r"[\s.-]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[12][0-9]{9}", digits):
        raise ValueError("an NPI has 10 digits and begins with 1 or 2")
    total = 0
    for place, sign in enumerate(reversed("80840" + digits)):
        value = int(sign) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    if total % 10:
        raise ValueError("the check digit of the NPI does not fit")
    return digits


def normalise_email(text: str) -> str:
    """The form of an address used for comparing: NFKC, no spaces around, lower case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()
