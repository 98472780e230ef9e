"""Citation: one record of the research library."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models, router, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)
from wagtail.search import index

from research.choices import RESEARCH_KINDS, Kind, Species, Status, StudyDesign
from research.csl import citation_as_csl, clean_authors
from research.formats.csl import CslItem
from research.formatting import FormattedCitation, format_ama
from research.identifiers import NORMALIZERS
from research.models.citation_rules import CONSTRAINTS, INDEXES, PUT_RIGHT_AT
from research.models.querysets import CitationQuerySet
from research.prepared import prepared
from research.publishing import GuardedPublishing
from research.standing import ALARMING, citation_doubted, citation_leaves

#: The identifier columns and the name under which `research.identifiers` knows each.
IDENTIFIERS = {"doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "isbn": "ISBN", "nct_id": "NCT"}

#: The columns that `Citation.short_name` reads.
NAMING = ("key", "authors", "issued_year", "container_title_short", "container_title", "publisher")


class Citation(
    GuardedPublishing,
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    index.Indexed,
    ClusterableModel,
):
    """A published work, identified, described in CSL terms, appraised and watched.

    ``status`` says whether the work still stands; ``live`` only says whether this record is public.
    """

    key = models.SlugField(
        _("key"), max_length=80, unique=True, help_text=_("Short and stable, e.g. feder-2014-ptsd. Never reused.")
    )
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices, default=Kind.JOURNAL_ARTICLE)

    # Bibliographic fields, named after CSL 1.0.2 variables.
    title = models.TextField(_("title"))
    authors = models.JSONField(
        _("authors"),
        default=list,
        blank=True,
        help_text=_("CSL names in order: family, given, particles, suffix, or literal for a group."),
    )
    authors_truncated = models.BooleanField(
        _("author list is not complete"), default=False, help_text=_("Shown as “et al” after the names given.")
    )
    container_title = models.CharField(_("journal, book or site"), max_length=300, blank=True)
    container_title_short = models.CharField(
        _("short form"), max_length=150, blank=True, help_text=_("NLM abbreviation, e.g. JAMA Psychiatry.")
    )
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    issued_year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    issued_month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True, help_text=_("Only if known."))
    issued_day = models.PositiveSmallIntegerField(_("day"), null=True, blank=True, help_text=_("Only if known."))
    volume = models.CharField(_("volume"), max_length=40, blank=True)
    issue = models.CharField(_("issue"), max_length=40, blank=True)
    page = models.CharField(_("pages or e-id"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True, default="en")
    csl_type = models.CharField(
        _("CSL type"), max_length=40, blank=True, help_text=_("Set by imports. Left empty, it follows the kind.")
    )
    extra = models.JSONField(
        _("further CSL variables"),
        default=dict,
        blank=True,
        help_text=_("What an imported record held beyond these fields, kept so that exports lose nothing."),
    )

    # Identifiers: normalised before validation, empty stored as NULL so that uniqueness holds.
    doi = models.CharField(_("DOI"), max_length=255, null=True, blank=True, unique=True)
    pmid = models.CharField(_("PMID"), max_length=12, null=True, blank=True, unique=True)
    pmcid = models.CharField(_("PMCID"), max_length=16, null=True, blank=True, unique=True)
    isbn = models.CharField(_("ISBN"), max_length=13, null=True, blank=True, unique=True)
    nct_id = models.CharField(_("ClinicalTrials.gov id"), max_length=11, null=True, blank=True, unique=True)
    url = models.URLField(_("web address"), max_length=1000, blank=True)
    accessed = models.DateField(_("accessed"), null=True, blank=True)
    archive_url = models.URLField(_("archived copy"), max_length=1000, blank=True)

    # Appraisal.
    study_design = models.CharField(_("study design"), max_length=24, choices=StudyDesign.choices, blank=True)
    species = models.CharField(_("studied in"), max_length=8, choices=Species.choices, default=Species.HUMAN)
    sample_size = models.PositiveIntegerField(_("number of participants"), null=True, blank=True)
    sample_size_note = models.CharField(_("note on the number"), max_length=300, blank=True)
    comparator = models.CharField(
        _("compared with"), max_length=200, blank=True, help_text=_("E.g. midazolam, saline, ECT, nothing.")
    )
    follow_up = models.CharField(_("followed for"), max_length=120, blank=True, help_text=_("E.g. 24 hours, 12 weeks."))
    ocebm_level = models.PositiveSmallIntegerField(
        _("OCEBM 2011 level"),
        null=True,
        blank=True,
        choices=[(n, str(n)) for n in range(1, 6)],
        help_text=_("Oxford Centre 2011 level of evidence, 1 strongest to 5. This is not a GRADE rating."),
    )
    headline = models.CharField(
        _("headline in plain words"),
        max_length=200,
        blank=True,
        help_text=_("E.g. “One infusion eased symptoms more than a sedative for a day”."),
    )
    finding = models.TextField(
        _("what was found, in plain words"),
        blank=True,
        help_text=_("Numbers out of 100, with the comparison group and how long it lasted."),
    )
    limits = models.TextField(_("what it doesn’t tell us"), blank=True)
    funding = models.TextField(_("funding and conflicts of interest"), blank=True)
    open_access = models.BooleanField(_("free to read"), null=True, blank=True)

    # Whether the work still stands.
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.CURRENT, db_index=True)
    status_date = models.DateField(_("status since"), null=True, blank=True)
    status_source = models.URLField(
        _("where the status is stated"), max_length=1000, blank=True, help_text=_("Address of the notice.")
    )
    status_note = models.TextField(_("note on the status"), blank=True)
    successor = models.ForeignKey(
        "self",
        verbose_name=_("replaced by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
    )
    withheld = models.BooleanField(
        _("keep off the public site"),
        default=False,
        help_text=_("Hides the record from lists although it is live, e.g. a retracted paper you don’t want to show."),
    )

    # Care.
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("identity confirmed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    verified_on = models.DateField(
        _("identity confirmed on"),
        null=True,
        blank=True,
        help_text=_("Only confirmed records are public. Check title, authors and identifier against the source."),
    )
    next_review = models.DateField(_("next review"), null=True, blank=True)
    import_origin = models.CharField(_("came from"), max_length=200, blank=True)
    notes = models.TextField(_("internal notes"), blank=True, help_text=_("Never public."))
    created_at = models.DateTimeField(auto_now_add=True)

    # The formatted reference, refreshed on save so that no request formats it again.
    ama_html = models.TextField(editable=False, blank=True)
    ama_text = models.TextField(editable=False, blank=True)

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="citation")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="citation",
        for_concrete_model=False,
    )

    objects = CitationQuerySet.as_manager()

    search_fields = [
        index.SearchField("title", boost=3),
        index.SearchField("headline", boost=3),
        index.SearchField("finding"),
        index.SearchField("limits"),
        index.SearchField("container_title"),
        index.SearchField("ama_text"),
        index.AutocompleteField("title"),
        index.AutocompleteField("key"),
        index.FilterField("live"),
        index.FilterField("withheld"),
        index.FilterField("verified_on"),
        index.FilterField("kind"),
        index.FilterField("status"),
    ]

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ("-issued_year", "key")
        constraints = CONSTRAINTS
        indexes = INDEXES

    def __str__(self) -> str:
        return f"{self.short_name}: {Truncator(self.title).chars(90)}"

    @property
    def revisions(self) -> GenericRelation:  # Wagtail's name for the relation above
        """The drafts and versions of this record."""
        return self._revisions

    def clean_fields(self, exclude: Any = None) -> None:
        """Spell identifiers one way before anything else looks at them; each error stands at its own field."""
        errors = self.normalize_identifiers()
        try:
            super().clean_fields(exclude)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def clean(self) -> None:
        """Keep the author list in CSL's shape."""
        super().clean()
        try:
            self.authors = clean_authors(self.authors)
        except ValueError as error:
            raise ValidationError({"authors": str(error)}) from error

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """As Django's, but each error stands at the field in which a person puts it right, on whichever tab it is."""
        errors: dict[str, list[ValidationError]] = {}
        using = router.db_for_write(type(self), instance=self)
        for constraint in self._meta.constraints:
            try:
                constraint.validate(type(self), self, exclude=set(exclude or ()), using=using)
            except ValidationError as error:
                errors.setdefault(PUT_RIGHT_AT[constraint.name], []).extend(error.error_list)
        if errors:
            raise ValidationError(errors)

    def normalize_identifiers(self) -> dict[str, list[ValidationError]]:
        """Replace every identifier by its normal form and an empty one by NULL; return what cannot be read."""
        errors: dict[str, list[ValidationError]] = {}
        for name, scheme in IDENTIFIERS.items():
            value = getattr(self, name)
            if not value:
                setattr(self, name, None)
                continue
            try:
                setattr(self, name, NORMALIZERS[scheme](value))
            except ValueError as error:
                errors[name] = [ValidationError(str(error), code="invalid")]
        return errors

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with identifiers in their normal form and the reference formatted anew."""
        if kwargs.get("update_fields") is not None:
            super().save(*args, **kwargs)
            return
        if errors := self.normalize_identifiers():
            raise ValidationError(errors)
        formatted = self.formatted()
        self.ama_html, self.ama_text = formatted.html, formatted.text
        before = None if self._state.adding else type(self).objects.filter(pk=self.pk).first()
        if before is not None and before.is_published and not self.is_published:
            citation_leaves.send(type(self), instance=self)
        with transaction.atomic():
            super().save(*args, **kwargs)
            if self.is_published and self.status in ALARMING and (before is None or before.status != self.status):
                citation_doubted.send(type(self), instance=self)

    def to_csl(self) -> CslItem:
        """The record as a CSL-JSON item; what CSL has no variable for stands in ``custom``."""
        return citation_as_csl(self)

    def formatted(self) -> FormattedCitation:
        """The reference in the clinic's citation style, from what the record says now."""
        return format_ama(self.to_csl())

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """The record's public page."""
        return "research/citation.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """What the public page would show."""
        return {"citation": self, "formatted": self.formatted(), "links": list(self.topics.all()), "preview": True}

    @classmethod
    def by_pk(cls, pks: Iterable[int]) -> dict[int, Citation]:
        """The records of these keys that there are, public or not. One query."""
        wanted = list(pks)
        return {citation.pk: citation for citation in _by_pk(pks=wanted)} if wanted else {}

    @classmethod
    def as_sources(cls, pks: Iterable[int]) -> dict[int, Citation]:
        """The same with no more loaded than a list of references shows, which is a quarter of a record."""
        wanted = list(pks)
        return {citation.pk: citation for citation in _as_sources(pks=wanted)} if wanted else {}

    @property
    def short_name(self) -> str:
        """First author and year, as people speak of a paper: ``Feder 2014``. Where it appeared stands in for an author.

        The key when there is none of these.
        """
        first = self.authors[0] if isinstance(self.authors, list) and self.authors else {}
        name = (first.get("family") or first.get("literal") or "") if isinstance(first, dict) else ""
        name = name or self.container_title_short or self.container_title or self.publisher
        return " ".join(str(part) for part in (name, self.issued_year) if part) or self.key

    @property
    def is_overdue(self) -> bool:
        """Whether the record's next review has passed."""
        return self.next_review is not None and self.next_review < timezone.localdate()

    @property
    def is_research(self) -> bool:
        """Whether the record may stand as evidence."""
        return self.kind in RESEARCH_KINDS

    @property
    def is_published(self) -> bool:
        """Whether anyone may see the record; the same rule as ``CitationQuerySet.published``."""
        return self.live and self.verified_on is not None and not self.withheld

    @property
    def stands(self) -> bool:
        """Whether the work may still support a statement (published and not retracted)."""
        return self.is_published and self.status != Status.RETRACTED


@prepared
def _by_pk(*, pks: Sequence[int]) -> models.QuerySet[Citation]:
    return Citation.objects.filter(pk__among=pks)


@prepared
def _as_sources(*, pks: Sequence[int]) -> models.QuerySet[Citation]:
    shown = ("key", "title", "doi", "url", "ama_html", "ama_text")
    return Citation.objects.filter(pk__among=pks).only(*shown, "status", "live", "verified_on", "withheld")
