"""What the database itself holds of a citation: what must never be, whoever writes, and what it finds rows by."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from research.choices import Status
from research.models.indexes import NullsLastIndex

CONSTRAINTS: list[models.BaseConstraint] = [
    models.CheckConstraint(
        condition=models.Q(issued_month__isnull=True)
        | (models.Q(issued_month__range=(1, 12)) & models.Q(issued_year__isnull=False)),
        name="research_citation_month_needs_year",
        violation_error_message=_("Give a year, and a month from 1 to 12."),
    ),
    models.CheckConstraint(
        condition=models.Q(issued_day__isnull=True)
        | (models.Q(issued_day__range=(1, 31)) & models.Q(issued_month__isnull=False)),
        name="research_citation_day_needs_month",
        violation_error_message=_("Give a month, and a day from 1 to 31."),
    ),
    models.CheckConstraint(
        condition=models.Q(ocebm_level__isnull=True) | models.Q(ocebm_level__range=(1, 5)),
        name="research_citation_ocebm_range",
        violation_error_message=_("OCEBM 2011 levels run from 1 to 5."),
    ),
    models.CheckConstraint(
        condition=~models.Q(status__in=[Status.RETRACTED, Status.CONCERN])
        | models.Q(status_date__isnull=False)
        | ~models.Q(status_source=""),
        name="research_citation_status_has_source",
        violation_error_message=_("Say since when, or where the notice stands."),
    ),
    models.CheckConstraint(
        condition=~models.Q(status=Status.SUPERSEDED) | models.Q(successor__isnull=False),
        name="research_citation_superseded_has_successor",
        violation_error_message=_("Choose the record that replaces this one."),
    ),
    models.CheckConstraint(
        condition=models.Q(successor__isnull=True) | ~models.Q(successor=models.F("id")),
        name="research_citation_not_its_own_successor",
        violation_error_message=_("A record cannot replace itself."),
    ),
]

#: The field in which a person puts right what a constraint refuses.
PUT_RIGHT_AT = {
    "research_citation_month_needs_year": "issued_month",
    "research_citation_day_needs_month": "issued_day",
    "research_citation_ocebm_range": "ocebm_level",
    "research_citation_status_has_source": "status_date",
    "research_citation_superseded_has_successor": "successor",
    "research_citation_not_its_own_successor": "successor",
}

INDEXES = [
    # Everything that the listing counts by, so that counting reads the index alone.
    models.Index(
        fields=[
            "live",
            "withheld",
            "verified_on",
            "kind",
            "study_design",
            "species",
            "open_access",
            "issued_year",
        ],
        name="research_citation_public",
    ),
    models.Index(fields=["-issued_year", "key"], name="research_citation_newest"),
    # A page of the public list, however far back, from the index alone.
    NullsLastIndex(
        models.F("issued_year").desc(nulls_last=True),
        models.F("key").asc(),
        name="research_citation_listed",
        include=["id"],
        condition=models.Q(live=True, verified_on__isnull=False, withheld=False),
    ),
    models.Index(fields=["next_review"], name="research_citation_review"),
]
