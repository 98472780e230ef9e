"""The importer in the admin: bring a file, look each record over, import what was chosen, read the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from research.exporting import export_response
from research.formats.registry import FORMATS
from research.formatting import format_ama
from research.importing.columns import columns_of, label, news, shown
from research.importing.commit import commit
from research.importing.forms import ImportForm, LookUpForm
from research.importing.looking_up import suggest
from research.lookup import is_on
from research.models import Citation, ImportBatch, ImportRow

PAGE = 25
SECONDS = 6.0
"""How long one request imports before it shows where it stands."""
Action, State = ImportRow.Action, ImportRow.State


def may_import(user: Any) -> bool:
    """Whether a person may bring records in: who may add citations and change them."""
    return bool(user.has_perms(["research.add_citation", "research.change_citation"]))


def importers_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Turn everybody else away."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_import(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def crumbs(*more: tuple[str, str]) -> list[dict[str, Any]]:
    """Breadcrumbs of a page of the importer; the last one is the page itself."""
    items = [{"url": reverse("wagtailadmin_home"), "label": _("Home")}]
    items.append({"url": reverse("research_import:start"), "label": _("Import")})
    return items + [{"url": url, "label": text} for url, text in more]


@importers_only
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Bring a file or a paste."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid():
        batch = form.read(request.user)
        if batch is not None:
            return redirect("research_import:review", batch.pk)
    return _start(request, form, LookUpForm())


def _start(request: HttpRequest, form: ImportForm, look_up_form: LookUpForm, status: int = 200) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else status
    context = {
        "form": form,
        "look_up_form": look_up_form,
        "look_up_is_on": is_on(),
        "formats": list(FORMATS.values()),
        "batches": ImportBatch.objects.select_related("created_by")[:10],
        "page_title": _("Import"),
        "header_title": _("Import"),
        "header_icon": "download",
        "breadcrumbs_items": crumbs(),
    }
    return render(request, "research/admin/import_start.html", context, status=status)


@importers_only
@require_POST
def look_up(request: HttpRequest) -> HttpResponse:
    """Ask for one work; what is found becomes a batch of one record."""
    form = LookUpForm(request.POST)
    if form.is_valid():
        try:
            batch, told = suggest(form.cleaned_data["identifier"], request.user)
        except ValueError as error:
            form.add_error("identifier", str(error))
        else:
            if batch is not None:
                return redirect("research_import:review", batch.pk)
            for sentence in told or [_("No service is configured to be asked.")]:
                form.add_error("identifier", sentence)
    return _start(request, ImportForm(), form, 422)


@importers_only
@require_http_methods(["GET"])
def export(request: HttpRequest, format_name: str) -> HttpResponseBase:
    """The whole library, drafts and the clinic's own fields among it."""
    return export_response(Citation.objects.order_by("key"), format_name, filename="library", public=False)


SHOWN: dict[str, tuple[Any, Callable[[QuerySet[ImportRow]], QuerySet[ImportRow]]]] = {
    "": (gettext_lazy("All"), lambda rows: rows),
    "new": (gettext_lazy("New"), lambda rows: rows.filter(possible=True, match__isnull=True)),
    "known": (gettext_lazy("In the library"), lambda rows: rows.filter(possible=True, match__isnull=False)),
    "noted": (gettext_lazy("With notes"), lambda rows: rows.exclude(problems=[])),
    "stuck": (gettext_lazy("Cannot be imported"), lambda rows: rows.filter(possible=False)),
}


@importers_only
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every record beside what the library has, with a choice for each."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    if batch.started_at:
        return redirect("research_import:report", pk)
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    rows = SHOWN[show][1](batch.rows.select_related("match"))
    page = Paginator(rows, PAGE).get_page(request.GET.get("p"))
    if request.method == "POST":
        save_choices(request, list(page.object_list))
        for_all(batch, request.POST.get("for_all", ""))
        if "import" in request.POST:
            return run(request, pk)
        messages.success(request, _("Your choices are saved. Nothing has been imported yet."))
        return redirect(request.get_full_path())
    counts = batch.counts()
    context = {
        "batch": batch,
        "page": page,
        "entries": [entry(row) for row in page.object_list],
        "counts": counts,
        "known": batch.rows.filter(possible=True, match__isnull=False).exclude(differences=[]).count(),
        "to_import": counts.get("to_create", 0) + counts.get("to_update", 0),
        "views": [
            (name, text, narrow(batch.rows.all()).count(), name == show) for name, (text, narrow) in SHOWN.items()
        ],
        "show": show,
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
        "page_title": batch.origin,
        "header_title": batch.origin,
        "header_icon": "download",
        "breadcrumbs_items": crumbs(("", batch.origin)),
    }
    return render(request, "research/admin/import_review.html", context)


def entry(row: ImportRow) -> dict[str, Any]:
    """One record as the page shows it."""
    found = columns_of(row.item)
    compared = []
    if row.match is not None:
        current = row.match
        for name in row.differences:
            held, told = getattr(current, name), found.values.get(name)
            if name == "extra":
                told = news(told or {}, held)
                held = {key: held[key] for key in told if key in held}
            compared.append(
                {
                    "name": name,
                    "label": label(name),
                    "library": shown(name, held),
                    "file": shown(name, told),
                    "take": name in row.take,
                }
            )
    actions = [Action.CREATE, Action.SKIP] if row.match is None else [Action.UPDATE, Action.SKIP]
    return {
        "row": row,
        "reference": format_ama(row.item),
        "kind": shown("kind", found.values["kind"]),
        "compared": compared,
        "actions": [(action.value, action.label, action == row.action) for action in actions] if row.possible else [],
        "match_url": edit_url(row.match) if row.match else "",
        "notes": [problem for problem in row.problems if problem.get("severity") != "error"],
        "errors": [problem for problem in row.problems if problem.get("severity") == "error"],
    }


def edit_url(citation: Citation) -> str:
    """Where a citation is edited."""
    return reverse(Citation.snippet_viewset.get_url_name("edit"), args=[citation.pk])


def save_choices(request: HttpRequest, rows: list[ImportRow]) -> None:
    """Keep what was chosen for the records of one page. Only what was offered can be chosen."""
    for row in rows:
        chosen = request.POST.get(f"action-{row.pk}")
        offered = {Action.SKIP, Action.CREATE if row.match_id is None else Action.UPDATE}
        if not row.possible or chosen not in offered:
            continue
        take = [name for name in row.differences if name in request.POST.getlist(f"take-{row.pk}")]
        if row.match_id and set(take) - set(row.take) and chosen == row.action == Action.SKIP:
            # Whoever ticks a field of a record that was proposed to be left out wants it taken.
            chosen = Action.UPDATE
        row.action, row.take = chosen, take
    ImportRow.objects.bulk_update(rows, ["action", "take"])


def for_all(batch: ImportBatch, choice: str) -> None:
    """One choice for every record that the library has: leave them, or take all that differs."""
    known = batch.rows.filter(possible=True, match__isnull=False, state=State.PENDING)
    if choice == "skip":
        known.update(action=Action.SKIP)
    elif choice == "overwrite":
        known.exclude(differences=[]).update(action=Action.UPDATE, take=F("differences"))


@importers_only
@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Import for some seconds, then show how far it went."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    for _progress in commit(batch, request.user, SECONDS):
        pass
    return redirect("research_import:report", pk)


@importers_only
@require_http_methods(["GET"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of each record, and how to go on where something is left."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    state = request.GET.get("state", "")
    rows = batch.rows.select_related("citation", "match")
    if state in State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, 100).get_page(request.GET.get("p"))
    counts = batch.counts()
    total, left = counts.get("all", 0), counts.get(State.PENDING, 0)
    context = {
        "batch": batch,
        "page": page,
        "rows": [(row, edit_url(row.citation) if row.citation else "") for row in page.object_list],
        "left": left,
        "done": total - left,
        "total": total,
        "states": [(value, text, counts[value], value == state) for value, text in State.choices if counts.get(value)],
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
        "page_title": batch.origin,
        "header_title": batch.origin,
        "header_icon": "download",
        "breadcrumbs_items": crumbs(("", batch.origin)),
    }
    return render(request, "research/admin/import_report.html", context)


@importers_only
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a batch of which nothing has been imported."""
    batch = get_object_or_404(ImportBatch, pk=pk, started_at__isnull=True)
    count = batch.rows.count()
    batch.delete()
    words = ngettext(
        "%(count)d record was discarded. Nothing was imported.",
        "%(count)d records were discarded. Nothing was imported.",
        count,
    )
    messages.success(request, words % {"count": count})
    return redirect("research_import:start")
