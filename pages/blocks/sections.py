"""Ready-made sections: steps, questions, people, contact, call to action."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructValue
from wagtail.models import Page

from pages.blocks.prose import CLAIM_TEXT_FEATURES, anchor


class StepBlock(blocks.StructBlock):
    """One numbered step."""

    title = blocks.CharBlock(label=_("Title"), max_length=100)
    text = blocks.RichTextBlock(label=_("Text"), features=CLAIM_TEXT_FEATURES)

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


class QuestionValue(StructValue):
    """A question that links can point to."""

    @property
    def anchor(self) -> str:
        """The id of the answer: browsers open the question when they are sent there."""
        return f"q-{anchor(self['question'])}"


class QuestionBlock(blocks.StructBlock):
    """A question with its answer."""

    question = blocks.CharBlock(label=_("Question"), max_length=200)
    answer = blocks.RichTextBlock(label=_("Answer"), features=CLAIM_TEXT_FEATURES)

    class Meta:
        label_format = "{question}"
        value_class = QuestionValue


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


class QuestionGroupValue(StructValue):
    """A group that links can point to."""

    @property
    def anchor(self) -> str:
        """The id of the heading."""
        return anchor(self["heading"])


class QuestionGroupBlock(blocks.StructBlock):
    """Questions that belong together, under a heading."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=100, help_text=_("E.g. “Before treatment”."))
    introduction = blocks.CharBlock(label=_("Introduction"), max_length=300, required=False)
    questions = QuestionsBlock(label=_("Questions"), min_num=1)

    class Meta:
        icon = "help"
        label = _("Group of questions")
        label_format = "{heading}"
        value_class = QuestionGroupValue
        template = "components/blocks/question_group.html"
        description = _("A heading with its questions.")
        preview_value = {
            "heading": "Before treatment",
            "introduction": "",
            "questions": [
                {"question": "Do I need a referral?", "answer": "<p>No. You can call us yourself.</p>"},
                {"question": "Can I drive home?", "answer": "<p>No. Someone has to take you home.</p>"},
            ],
        }


class PeopleBlock(blocks.StaticBlock):
    """Everybody marked for the team page, in the order set under People."""

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Adds the people with their photos, in one query."""
        from pages.models import Person

        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["people"] = Person.objects.on_team()
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

    title = blocks.CharBlock(label=_("Title"), max_length=100)
    text = blocks.CharBlock(label=_("Text"), max_length=240, required=False)
    label = blocks.CharBlock(
        label=_("Button"), max_length=60, help_text=_("Starts with a verb, e.g. “Schedule a call”.")
    )
    page = blocks.PageChooserBlock(label=_("Leads to"))

    def get_preview_value(self) -> Any:
        """A button to the front page, whatever else there is."""
        front = Page.objects.live().filter(sites_rooted_here__isnull=False).first()
        return self.normalize(
            {
                "title": _("Would you like to talk first?"),
                "text": _("A nurse calls back at a time you choose."),
                "label": _("Schedule a call"),
                "page": front,
            }
        )

    class Meta:
        icon = "link"
        label = _("Call to action")
        label_format = "{title}"
        template = "components/blocks/cta.html"
        description = _("One button to what comes next. One a page is enough.")
