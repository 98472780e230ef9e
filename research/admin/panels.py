"""The editing panels of a citation, in a clinician's order: what it is, what it found, whether it stands."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    PublishingPanel,
    TabbedInterface,
)

from research.admin.checks_panel import ChecksPanel
from research.admin.forms import CitationForm
from research.models import Citation
from research.usage import Usage, usage_of


class UsedOnPanel(Panel):
    """Where the record is used, with links; first of all when it no longer stands."""

    class BoundPanel(Panel.BoundPanel):
        """The panel beside one record."""

        template_name = "research/admin/used_on.html"

        def is_shown(self) -> bool:
            """Only a saved record can be in use."""
            return bool(self.instance.pk)

        @cached_property
        def uses(self) -> list[tuple[Usage, str | None]]:
            """Each use with its editing address for this user."""
            return [(usage, usage.edit_url(self.request.user)) for usage in usage_of(self.instance)]

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add the uses."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            on_pages = any(not isinstance(usage.instance, Citation) for usage, _url in self.uses)
            return {**context, "uses": self.uses, "on_pages": on_pages, "citation": self.instance}


class ConfirmedByPanel(FieldPanel):
    """Who confirmed the record, by the name that colleagues know."""

    def format_value_for_display(self, value: Any) -> str:
        """A name, or words for nobody."""
        return str(_("Nobody yet")) if value is None else value.get_full_name() or value.get_username()


WORK = ObjectList(
    [
        MultiFieldPanel([FieldPanel("title"), FieldPanel("authors"), FieldPanel("authors_truncated")], _("The work")),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldRowPanel([FieldPanel("container_title"), FieldPanel("container_title_short")]),
                FieldRowPanel([FieldPanel("issued_year"), FieldPanel("issued_month"), FieldPanel("issued_day")]),
                FieldRowPanel([FieldPanel("volume"), FieldPanel("issue"), FieldPanel("page")]),
                FieldRowPanel(
                    [FieldPanel("publisher"), FieldPanel("language", help_text=_("Two letters, e.g. en or de."))]
                ),
            ],
            _("Where it appeared"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("doi"), FieldPanel("pmid"), FieldPanel("pmcid")]),
                FieldRowPanel([FieldPanel("isbn"), FieldPanel("nct_id")]),
                FieldPanel("url"),
                FieldRowPanel(
                    [
                        FieldPanel("accessed", help_text=_("When somebody last read it there.")),
                        FieldPanel("archive_url", help_text=_("Kept elsewhere, e.g. at web.archive.org.")),
                    ]
                ),
                FieldPanel("open_access"),
                FieldPanel(
                    "key",
                    help_text=_(
                        "Short and stable, e.g. feder-2014-ptsd. Left empty, it is made for you. Never reused."
                    ),
                ),
            ],
            _("Identifiers and addresses"),
        ),
    ],
    heading=_("The work"),
)

FOUND = ObjectList(
    [
        HelpPanel(
            content=_(
                "<p>Write for a worried reader: numbers out of 100, compared with what, for how long. "
                "A trial that found no benefit is described in the same way.</p>"
            )
        ),
        MultiFieldPanel([FieldPanel("headline"), FieldPanel("finding"), FieldPanel("limits")], _("In plain words")),
        InlinePanel(
            "topics",
            heading=_("Topics and what was found for each"),
            label=_("Topic"),
            help_text=_("One paper can find benefit for depression and none for OCD: say it topic by topic."),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("study_design"), FieldPanel("species")]),
                FieldPanel("ocebm_level"),
                FieldRowPanel([FieldPanel("sample_size"), FieldPanel("sample_size_note")]),
                FieldRowPanel([FieldPanel("comparator"), FieldPanel("follow_up")]),
                FieldPanel("funding"),
            ],
            _("The study"),
        ),
        InlinePanel(
            "relations",
            heading=_("Relations to other records"),
            label=_("Relation"),
            help_text=_("A news item reports on a trial; two papers on the same trial count its people once."),
        ),
    ],
    heading=_("What it found"),
)

STANDING = ObjectList(
    [
        UsedOnPanel(heading=_("Used on")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("status"), FieldPanel("status_date")]),
                FieldPanel("status_source"),
                FieldPanel("status_note"),
                FieldPanel("successor"),
                FieldPanel("withheld"),
            ],
            _("Does it still stand?"),
            help_text=_(
                "A retracted work cannot support a statement. Pages that use it show the notice at once, and the "
                "people responsible are told."
            ),
        ),
        ChecksPanel(heading=_("What checks found")),
        MultiFieldPanel(
            [
                FieldPanel("confirm"),
                FieldRowPanel([FieldPanel("verified_on"), ConfirmedByPanel("verified_by", read_only=True)]),
                FieldPanel("next_review"),
                FieldPanel("notes"),
                FieldPanel("import_origin", read_only=True),
            ],
            _("Care of the record"),
        ),
        # Without it nobody could set a date on which the record goes public.
        PublishingPanel(),
    ],
    heading=_("Standing and care"),
)

CITATION_PANELS = TabbedInterface([WORK, FOUND, STANDING], base_form_class=CitationForm)
