"""The demo's page tree: every page file becomes a published page, with its claims, links and citations in place."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.utils import timezone
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from clinic.demo import data
from clinic.demo.addresses import page_at
from clinic.demo.builders import make_claim, make_default_site, publish
from clinic.demo.intake import fill_form
from clinic.demo.prose import Prose
from forms.models import CallRequestPage, FormPage, ReferralPage
from pages.models import (
    ConditionFact,
    ConditionIndexPage,
    ConditionPage,
    ConditionQuestion,
    ContactPage,
    FaqPage,
    HomeCard,
    HomePage,
    LegalPage,
    Person,
    ProfessionalsEvidence,
    ProfessionalsPage,
    ResearchCard,
    ResearchPage,
    StandardPage,
    TeamPage,
    WarningSign,
)
from research.models import Citation, Topic

RowT = TypeVar("RowT", bound=models.Model)

PAGE_TYPES: dict[str, type[Page]] = {
    "home": HomePage,
    "condition_index": ConditionIndexPage,
    "condition": ConditionPage,
    "research": ResearchPage,
    "professionals": ProfessionalsPage,
    "standard": StandardPage,
    "faq": FaqPage,
    "contact": ContactPage,
    "team": TeamPage,
    "legal": LegalPage,
    "referral": ReferralPage,
    "call": CallRequestPage,
}
CLAIMS: dict[type[Page], tuple[str, type[Any]]] = {
    ConditionPage: ("facts", ConditionFact),
    HomePage: ("cards", HomeCard),
    ResearchPage: ("cards", ResearchCard),
}


class Tree:
    """Makes the pages that are missing, parents first, then fills and publishes the new ones.

    Two rounds, because pages link to pages that come later. A page that exists already is left as editors made it.
    """

    def __init__(self, say: Callable[[str], None], user: AbstractBaseUser | None = None) -> None:
        self.say = say
        self.user = user
        self.today = timezone.localdate()
        self.citations = {citation.key: citation for citation in Citation.objects.all()}
        self.prose = Prose()

    def seed(self) -> int:
        """Make and publish what is missing; returns the number of new pages."""
        new: dict[str, dict[str, Any]] = {}
        for address, content in data.pages().items():
            if page_at(address) is None:
                self._add(address, content)
                new[address] = content
        self.prose = Prose(
            self.citations,
            {address: page.pk for address in data.pages() if (page := page_at(address))},
        )
        for address, content in new.items():
            page = page_at(address)  # afresh: it may have got children since
            assert page is not None
            self._fill(page, content)
            publish(page, self.user)
            self.say(f"  {address} {page.title}")
        return len(new)

    def _add(self, address: str, content: Mapping[str, Any]) -> None:
        """A draft with the page's texts, under its parent."""
        model = PAGE_TYPES[content["type"]]
        page = model(live=False, slug=content["slug"], owner=self.user)
        self._write(page, content)
        if address == "/":
            Page.objects.get(depth=1).add_child(instance=page)
            make_default_site(page, content["title"])
            return
        parent = page_at(address.rstrip("/").rpartition("/")[0] + "/")
        if parent is None:
            raise LookupError(f"{address} has no parent page. Run seed_demo --reset to make the whole tree again.")
        parent.add_child(instance=page)

    def _fill(self, page: Page, content: dict[str, Any]) -> None:
        """Everything the page holds, with links and citations resolved."""
        self._write(page, content)
        for model, (name, claim) in CLAIMS.items():
            if isinstance(page, model):
                setattr(page, name, [self._claim(claim, order, row) for order, row in enumerate(content[name])])
        if isinstance(page, ConditionPage):
            page.warning_signs.set(_rows(WarningSign, ({"text": text} for text in content["warning_signs"])))
            page.questions.set(
                _rows(
                    ConditionQuestion,
                    (
                        {"question": row["question"], "answer": self.prose(row["answer"])}
                        for row in content["questions"]
                    ),
                )
            )
            page.topics = list(Topic.objects.filter(slug__in=content["topics"]))
        if isinstance(page, ProfessionalsPage):
            page.evidence.set(
                _rows(
                    ProfessionalsEvidence,
                    ({"citation": self.citations[row["key"]], "point": row["point"]} for row in content["evidence"]),
                )
            )

        if isinstance(page, FormPage):
            fill_form(page, data.address_of(content))

    def _write(self, page: Page, content: Mapping[str, Any]) -> None:
        """The page's own fields."""
        for field in page._meta.get_fields():
            if not isinstance(field, models.Field) or field.many_to_many or field.name not in content:
                continue
            value = content[field.name]
            if isinstance(field, StreamField):
                value = json.dumps(self._stream(value))
            elif isinstance(field, RichTextField):
                value = self.prose(value) if self.prose.citations else ""
            elif field.name == "reviewer":
                value = Person.objects.get(slug=value)
            setattr(page, field.name, value)
        changed = self.today - datetime.timedelta(days=content.get("reviewed_days_ago", 30))
        page.last_changed = changed
        if "reviewed_days_ago" in content:
            page.reviewed_on = changed
            page.next_review = self.today + datetime.timedelta(days=content["next_review_in_days"])

    def _claim(self, model: type[Any], order: int, row: Mapping[str, Any]) -> Any:
        fields = {name: value for name, value in row.items() if name not in ("statement", "sources")}
        sources = [
            (self.citations[source["key"]], source["stance"], source.get("locator", "")) for source in row["sources"]
        ]
        return make_claim(model, row["statement"], sources, sort_order=order, **fields)

    def _stream(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The raw form of a stream, as the database keeps it. Empty in the first round."""
        if not self.prose.citations:
            return []
        return [self._block(row) for row in rows]

    def _block(self, row: Mapping[str, Any]) -> dict[str, Any]:
        if "label" in row:
            return {"type": "row", "value": {"label": row["label"], "text": self.prose(row["text"])}}
        ((kind, value),) = row.items()
        return {"type": kind, "value": self._value(kind, value)}

    def _value(self, kind: str, value: Any) -> Any:
        match kind:
            case "text":
                return self.prose(value)
            case "callout":
                return {**value, "text": self.prose(value["text"])}
            case "steps":
                return _items({**step, "text": self.prose(step["text"])} for step in value)
            case "questions":
                return _items({**row, "answer": self.prose(row["answer"])} for row in value)
            case "group":
                questions = self._value("questions", value["questions"])
                return {"introduction": "", **value, "questions": questions}
            case "table":
                return {
                    "caption": value["caption"],
                    "columns": [{"type": "text", "heading": heading} for heading in value["header"]],
                    "rows": [{"values": [str(cell) for cell in cells]} for cells in value["rows"]],
                }
            case "cta":
                return {**value, "page": self.prose.pages.get(value["page"])}
            case "people" | "contact":
                return None
            case _:
                return value


def _rows(model: type[RowT], rows: Iterable[Mapping[str, Any]]) -> list[RowT]:
    return [model(sort_order=order, **row) for order, row in enumerate(rows)]


def _items(values: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The items of a list block. Without an id Wagtail takes them for an older form and loses them."""
    return [{"type": "item", "value": dict(value), "id": str(uuid.uuid4())} for value in values]
