"""The kinds of field a form can have, and the meanings an answer can have for the intake desk."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """Field kinds. The values are stored in form pages and snapshots and never change."""

    SINGLELINE = "singleline"
    MULTILINE = "multiline"
    EMAIL = "email"
    PHONE = "phone"
    NUMBER = "number"
    DATE = "date"
    BIRTHDATE = "birthdate"
    URL = "url"
    NPI = "npi"
    DROPDOWN = "dropdown"
    RADIO = "radio"
    CHECKBOXES = "checkboxes"
    CHECKBOX = "checkbox"
    TOPICS = "topics"
    ELIGIBILITY = "eligibility"
    CONSENT = "consent"
    FILE = "file"
    HEADING = "heading"
    HIDDEN = "hidden"


KIND_CHOICES: list[tuple[str, str | Promise]] = [
    (Kind.SINGLELINE, _("One line of text")),
    (Kind.MULTILINE, _("Paragraph")),
    (Kind.EMAIL, _("E-mail address")),
    (Kind.PHONE, _("Phone number")),
    (Kind.NUMBER, _("Number")),
    (Kind.DATE, _("Date")),
    (Kind.BIRTHDATE, _("Date of birth")),
    (Kind.URL, _("Web address")),
    (Kind.NPI, _("NPI (National Provider Identifier)")),
    (Kind.DROPDOWN, _("Drop-down list (choose one)")),
    (Kind.RADIO, _("Radio buttons (choose one)")),
    (Kind.CHECKBOXES, _("Checkboxes (choose any)")),
    (Kind.CHECKBOX, _("Single checkbox (yes or no)")),
    (Kind.TOPICS, _("Conditions we treat (choose any)")),
    (Kind.ELIGIBILITY, _("Eligibility checklist")),
    (Kind.CONSENT, _("Consent, with its exact wording")),
    (Kind.FILE, _("File upload")),
    (Kind.HEADING, _("Section heading with text")),
    (Kind.HIDDEN, _("Hidden value")),
]

ONE_CHOICE = frozenset({Kind.DROPDOWN, Kind.RADIO})
MANY_CHOICES = frozenset({Kind.CHECKBOXES, Kind.TOPICS, Kind.ELIGIBILITY})
NEEDS_CHOICES = frozenset({Kind.DROPDOWN, Kind.RADIO, Kind.CHECKBOXES})
TICK = frozenset({Kind.CHECKBOX, Kind.CONSENT})
NO_ANSWER = frozenset({Kind.HEADING})
GROUPED = frozenset({Kind.RADIO, Kind.CHECKBOXES, Kind.TOPICS, Kind.ELIGIBILITY, Kind.BIRTHDATE})
FREE_TEXT = frozenset({Kind.SINGLELINE, Kind.MULTILINE})


class Meaning(StrEnum):
    """What an answer means to the intake desk, whatever its label says."""

    NONE = ""
    CONTACT_NAME = "contact_name"
    CONTACT_PHONE = "contact_phone"
    CONTACT_EMAIL = "contact_email"
    CONTACT_PREFERENCE = "contact_preference"
    PREFERRED_TIME = "preferred_time"
    VOICEMAIL = "voicemail"
    PATIENT_NAME = "patient_name"
    PATIENT_PHONE = "patient_phone"
    PATIENT_EMAIL = "patient_email"
    PATIENT_BIRTH_DATE = "patient_birth_date"
    ORGANISATION = "organisation"
    TOPIC = "topic"
    URGENCY = "urgency"
    REASON = "reason"


MEANING_CHOICES: list[tuple[str, str | Promise]] = [
    (Meaning.CONTACT_NAME, _("Name of the person who fills in the form")),
    (Meaning.CONTACT_PHONE, _("Phone of the person who fills in the form")),
    (Meaning.CONTACT_EMAIL, _("E-mail of the person who fills in the form")),
    (Meaning.CONTACT_PREFERENCE, _("How they want to be contacted")),
    (Meaning.PREFERRED_TIME, _("Best time to reach them")),
    (Meaning.VOICEMAIL, _("Whether we may leave a voicemail")),
    (Meaning.PATIENT_NAME, _("Name of the patient, if somebody else")),
    (Meaning.PATIENT_PHONE, _("Phone of the patient, if somebody else")),
    (Meaning.PATIENT_EMAIL, _("E-mail of the patient, if somebody else")),
    (Meaning.PATIENT_BIRTH_DATE, _("Date of birth of the patient")),
    (Meaning.ORGANISATION, _("Practice or organization")),
    (Meaning.TOPIC, _("Condition")),
    (Meaning.URGENCY, _("Urgency (list the choices from least to most urgent)")),
    (Meaning.REASON, _("Reason")),
]


class Urgency(StrEnum):
    """How soon an item wants attention. Stored; the order of the members is the order of urgency."""

    ROUTINE = "routine"
    SOON = "soon"
    URGENT = "urgent"


URGENCY_LABELS: dict[Urgency, str | Promise] = {
    Urgency.ROUTINE: _("Routine"),
    Urgency.SOON: _("Soon"),
    Urgency.URGENT: _("Urgent"),
}

# WHATWG autofill tokens that make sense on these forms (WCAG 2.2, 1.3.5). "off" is for data about somebody else.
AUTOCOMPLETE_CHOICES: list[tuple[str, str | Promise]] = [
    ("off", _("Off (answers about somebody else)")),
    ("name", _("Own name")),
    ("given-name", _("Own first name")),
    ("family-name", _("Own last name")),
    ("email", _("Own e-mail address")),
    ("tel", _("Own phone number")),
    ("bday", _("Own date of birth")),
    ("organization", _("Own practice or organization")),
    ("organization-title", _("Own job title")),
    ("street-address", _("Own street address")),
    ("address-line1", _("Own address, first line")),
    ("address-line2", _("Own address, second line")),
    ("address-level2", _("Own town or city")),
    ("address-level1", _("Own state")),
    ("postal-code", _("Own ZIP code")),
    ("url", _("Own web address")),
]
