"""The types of whole pages: one for each page type as a detail and as an item of a list, and their unions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from django.http import HttpRequest
from django.utils import translation
from ninja import Field
from pydantic import Discriminator, create_model
from wagtail.models import Page, get_page_models

from clinic.api import writing
from clinic.api.answers import Answer
from clinic.api.labels import Labels
from clinic.api.links import api_path, page_link
from clinic.api.pagecontent import (
    PAGE_TYPES,
    cited_by,
    cited_in,
    is_brief,
    page_content,
    page_type_of,
    rich_texts_of,
)
from clinic.api.publicpages import family_of
from clinic.api.schemas import pages as shapes
from pages.models import ConditionPage
from pages.sources import SourceRegister
from research.models import Citation

#: Content that lists never give: numbers belong to one page, and the library and a form are asked one page at a time.
DETAIL_ONLY = frozenset({"references", "evidence", "form"})
NOT_IN_LISTS = DETAIL_ONLY | shapes.PageDetail.model_fields.keys()


def page_detail(page: Page, request: HttpRequest) -> dict[str, Any]:
    """One page in full: its numbered sources, its rich text with them, and its content, in the page's language."""
    with translation.override(page.locale.language_code):
        return _page_detail(page, request)


def _page_detail(page: Page, request: HttpRequest) -> dict[str, Any]:
    evidence = page.evidence() if isinstance(page, ConditionPage) else None
    texts = rich_texts_of(page)
    # What the page cites and the studies that it lists, together.
    loaded = Citation.as_sources(
        {*cited_in(page, texts), *(pk for pk, _finding in (evidence.newest if evidence else ()))}
    )
    studies = evidence.studies(loaded) if evidence else []
    content = {"evidence": studies} if isinstance(page, ConditionPage) else {}
    sources = SourceRegister.for_page(page, content, loaded)
    answer = Answer(request, texts, sources, [source.citation for source in sources])
    answer.evidence, answer.glance = studies, evidence.glance if evidence else None
    return {
        "id": page.pk,
        "type": _label(page),
        "title": page.title,
        "meta": _meta(page, answer) | _meta_of_detail(page, answer),
        **page_content(page, answer),
    }


def page_items(pages: Sequence[Page], request: HttpRequest, fields: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Pages of a list with the content ``fields`` asks for ("*" for all of it), if they come as their own types."""
    wanted = set(fields)
    content = [page for page in pages if wanted and page_type_of(type(page)) and not is_brief(type(page), wanted)]
    answer = Answer(
        request,
        [text for page in content for text in rich_texts_of(page)],
        citations=Citation.by_pk({pk for page in content for pk in cited_by(page)}).values(),
    )
    items = []
    for page in pages:
        item = {"id": page.pk, "type": _label(page), "title": page.title, "meta": _meta(page, answer)}
        if wanted:
            with translation.override(page.locale.language_code):
                answer.label = Labels()
                filled = page_content(page, answer, wanted)
            kept = filled.keys() if "*" in wanted else filled.keys() & wanted
            item |= {name: filled[name] for name in kept - DETAIL_ONLY}
        items.append(item)
    return items


def _label(page: Page) -> str:
    label: str = (page.specific_class or Page)._meta.label
    return label


def _meta(page: Page, answer: Answer) -> dict[str, Any]:
    return {
        "type": _label(page),
        "detail_url": answer.base + api_path("detail_page", page_id=page.pk),
        "html_url": page_link(page, answer.request),
        "slug": page.slug,
        "locale": page.locale.language_code,
        "live": page.live,
        "first_published_at": page.first_published_at,
        "last_published_at": page.last_published_at,
    }


def _meta_of_detail(page: Page, answer: Answer) -> dict[str, Any]:
    parent, translations = family_of(page, answer.request)
    social_image = getattr(page, "social_image", None)
    return {
        "last_changed": getattr(page, "last_changed", None),
        "seo_title": page.seo_title,
        "search_description": page.search_description,
        "no_index": getattr(page, "no_index", False),
        "show_in_menus": page.show_in_menus,
        "social_image": answer.picture(social_image, "share") if social_image else None,
        "parent": answer.page_reference(parent) if parent else None,
        "translations": [
            shapes.Translation(locale=one.locale.language_code, id=one.pk, html_url=page_link(one, answer.request))
            for one in translations
        ],
    }


def _detail_type(model: type[Page]) -> type[shapes.PageDetail]:
    kind = page_type_of(model)
    label: Any = Literal[model._meta.label]
    meta = create_model(f"{model.__name__}DetailMeta", __base__=shapes.PageMetaDetail, type=(label, Field(...)))
    return create_model(
        model.__name__,
        __base__=kind.shape if kind else shapes.PageDetail,
        __doc__=kind.shape.__doc__ if kind else "A page of a type whose content this API does not give.",
        type=(label, Field(...)),
        meta=(meta, Field(...)),
    )


def _list_type(model: type[Page]) -> type[shapes.PageSummary]:
    kind = page_type_of(model)
    label: Any = Literal[model._meta.label]
    content: dict[str, Any] = {
        name: (info.annotation | None, Field(None, description="With `?fields=`."))
        for name, info in (kind.shape.model_fields if kind else {}).items()
        if name not in NOT_IN_LISTS
    }
    return create_model(
        f"{model.__name__}Item",
        __base__=shapes.PageSummary,
        type=(label, Field(...)),
        **content,
    )


def list_fields(models: Iterable[type[Page]]) -> set[str]:
    """The names that ``?fields=`` may have for a list of these page types."""
    kinds = [page_type_of(model) for model in models]
    return {name for kind in kinds if kind for name in kind.shape.model_fields} - NOT_IN_LISTS


MODELS: list[type[Page]] = list(get_page_models())
DETAILS: dict[type[Page], type[shapes.PageDetail]] = {model: _detail_type(model) for model in MODELS}
ITEMS: dict[type[Page], type[shapes.PageSummary]] = {model: _list_type(model) for model in MODELS}

if TYPE_CHECKING:
    AnyPage = shapes.PageDetail
    AnyItem = shapes.PageSummary
    Condition = shapes.PageDetail
    ConditionItem = shapes.PageSummary
else:
    AnyPage = Annotated[Union[tuple(DETAILS.values())], Discriminator("type")]  # noqa: UP007
    AnyItem = Annotated[Union[tuple(ITEMS.values())], Discriminator("type")]  # noqa: UP007
    Condition = DETAILS[ConditionPage]
    ConditionItem = ITEMS[ConditionPage]

assert set(PAGE_TYPES) <= set(MODELS)


def register_shapes() -> None:
    """Gives Wagtail's registry our shapes, so that its own operations answer with them, and take what they say.

    Wagtail builds the types of its operations when their modules are first imported, which its apps do when they are
    ready: this has to come before.
    """
    writing.prepare()
    from wagtail.api.v3.registry import registry

    for model, shape in DETAILS.items():
        registration = registry.get(model._meta.label)
        if registration is not None:
            registration.read_schema = shape
