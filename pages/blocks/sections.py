"""Ready-made sections: steps, questions, people, contact, call to action."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from pages.blocks.prose import CLAIM_TEXT_FEATURES


class StepBlock(blocks.StructBlock):
    """One numbered step."""

    title = blocks.CharBlock(label=_("title"), max_length=100)
    text = blocks.RichTextBlock(label=_("text"), features=CLAIM_TEXT_FEATURES)

    class Meta:
        label_format = "{title}"


class StepsBlock(blocks.ListBlock):
    """Steps that follow each other, numbered by the page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(StepBlock(label=_("Step")), **kwargs)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "components/blocks/steps.html"
        description = _("What happens first, then, and after that.")
        preview_value = [
            {"title": "The call", "text": "<p>A nurse calls at a time you choose.</p>"},
            {"title": "The evaluation", "text": "<p>About an hour with a clinician.</p>"},
        ]


class QuestionBlock(blocks.StructBlock):
    """A question with its answer."""

    question = blocks.CharBlock(label=_("question"), max_length=200)
    answer = blocks.RichTextBlock(label=_("answer"), features=CLAIM_TEXT_FEATURES)

    class Meta:
        label_format = "{question}"


class QuestionsBlock(blocks.ListBlock):
    """Questions that open one by one; search engines learn of them as such."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(QuestionBlock(label=_("Question")), **kwargs)

    class Meta:
        icon = "help"
        label = _("Questions and answers")
        template = "components/blocks/questions.html"
        description = _("Questions that open when somebody wants the answer.")
        preview_value = [{"question": "Can I drive home?", "answer": "<p>No. Someone has to take you home.</p>"}]


class PeopleBlock(blocks.StaticBlock):
    """Everybody marked for the team page, in the order set under People."""

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Adds the people with their photos, in one query."""
        from pages.models import Person

        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["people"] = Person.objects.filter(on_team_page=True).select_related("photo")
        return context

    class Meta:
        icon = "group"
        label = _("Our team")
        admin_text = _("Shows everybody who is marked for the team page under People.")
        template = "components/blocks/people.html"
        description = _("The team, from the list of people.")
        preview_value = None


class ContactBlock(blocks.StaticBlock):
    """Phone, mail, address and hours, from the clinic settings."""

    class Meta:
        icon = "mail"
        label = _("Contact and hours")
        admin_text = _("Shows phone, e-mail, address and hours from the clinic settings.")
        template = "components/blocks/contact.html"
        description = _("Phone, e-mail, address and opening hours.")
        preview_value = None


class CallToActionBlock(blocks.StructBlock):
    """One thing to do next."""

    title = blocks.CharBlock(label=_("title"), max_length=100)
    text = blocks.CharBlock(label=_("text"), max_length=240, required=False)
    label = blocks.CharBlock(
        label=_("button"), max_length=60, help_text=_("Starts with a verb, e.g. “Schedule a call”.")
    )
    page = blocks.PageChooserBlock(label=_("leads to"))

    class Meta:
        icon = "link"
        label = _("Call to action")
        label_format = "{title}"
        template = "components/blocks/cta.html"
        description = _("One button to what comes next. One a page is enough.")
