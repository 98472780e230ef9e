"""The list of the desk: filters, look-up, many at once, saved views."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forms.access import intake_people
from forms.intake import handling
from forms.intake.gate import intake_only, person
from forms.intake.listing import PAGE_SIZE, FilterForm, Listing, filtered, line_of, page_of
from forms.intake.places import back, crumbs
from forms.models.audit import AuditEntry, record
from forms.models.desk import SavedView
from forms.models.submissions import Submission
from forms.safekeeping.reindexing import foreign_keys

BOXES = {"spam": gettext_lazy("Possible spam"), "closed": gettext_lazy("Closed and spam"), "all": gettext_lazy("All")}
MANY = 200  # submissions changed at once at most
LOOKED_UP = 2 * PAGE_SIZE  # found by a look-up at most; who has more is found by reference


@intake_only
@require_GET
@sensitive_variables()
def index(request: HttpRequest) -> HttpResponse:
    """The list with filters, look-up and saved views."""
    form = FilterForm(request.GET)
    values = form.values()
    listing = page_of(filtered(values, request.user.pk), request.GET, oldest_first=values.get("order") == "old")
    record(
        AuditEntry.Action.LIST,
        request=request,
        shown=[line.submission.reference for line in listing.lines],
        filters=sorted(values),
    )
    return _list(request, form, listing)


@intake_only
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def lookup(request: HttpRequest) -> HttpResponse:
    """Everything with one reference, phone number or e-mail address. Posted, so that it stands in no address."""
    text = request.POST.get("q", "").strip()[:254]
    if not text:
        return HttpResponseRedirect(reverse("intake:index"))
    found = list(Submission.objects.found_by(text).for_desk().order_by("-received_at")[: LOOKED_UP + 1])
    lines = [line_of(one) for one in found[:LOOKED_UP]]
    # What was looked up is personal data and stays out of the trail.
    record(AuditEntry.Action.LOOKUP, request=request, shown=[line.submission.reference for line in lines])
    listing = Listing(lines, "", "", len(lines), counted_all=len(found) <= LOOKED_UP)
    return _list(request, FilterForm({}), listing, looked_up=text)


def _list(request: HttpRequest, form: FilterForm, listing: Listing, *, looked_up: str = "") -> HttpResponse:
    values = form.values()
    missing_keys = foreign_keys() if looked_up or "topic" in values else []
    kept = {key: value for key, value in request.GET.items() if value and key not in ("after", "before")}
    context = {
        "header_title": BOXES.get(values.get("box", ""), _("Intake")),
        "breadcrumbs_items": crumbs(),
        "header_icon": "mail",
        "form": form,
        "listing": listing,
        "looked_up": looked_up,
        "missing_keys": ", ".join(key or "–" for key in missing_keys),
        "query": urlencode(kept),
        "here": "" if looked_up else request.get_full_path(),
        "spam_count": Submission.objects.possible_spam()[:100].count(),
        "saved_views": SavedView.objects.filter(user=person(request)),
        "people": intake_people(),
        "outcomes": Submission.Outcome.choices,
        "more_open": bool(values.keys() - {"box", "status", "form", "order"}),
        "filtered": bool(values),
    }
    return render(request, "forms/intake/index.html", context)


@intake_only
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Assign, close, release or mark as spam what is ticked in the list."""
    ids = []
    for text in request.POST.getlist("chosen")[:MANY]:
        try:
            ids.append(uuid.UUID(text))
        except ValueError:
            continue
    action = request.POST.get("action", "")
    chosen = list(Submission.objects.for_desk().filter(pk__in=ids))
    home = reverse("intake:index")
    if not chosen:
        messages.error(request, _("Tick the submissions first."))
        return back(request, home)
    outcome = request.POST.get("outcome", "")
    assignee = next((one for one in intake_people() if str(one.pk) == request.POST.get("assignee", "")), None)
    if action == "assign" and request.POST.get("assignee") and assignee is None:
        messages.error(request, _("Choose somebody of the intake role."))
        return back(request, home)
    if action == "close" and outcome not in Submission.Outcome.values:
        messages.error(request, _("Choose how they ended, then close them."))
        return back(request, home)
    for submission in chosen:
        if action == "assign":
            handling.assign(submission, assignee, request=request)
        elif action == "close":
            handling.move(submission, Submission.Status.CLOSED, request=request, outcome=outcome)
        elif action == "release":
            handling.release(submission, request=request)
        elif action == "spam":
            handling.move(submission, Submission.Status.SPAM, request=request)
        else:
            messages.error(request, _("Choose what to do."))
            return back(request, home)
    messages.success(
        request,
        ngettext("%(count)d submission changed.", "%(count)d submissions changed.", len(chosen))
        % {"count": len(chosen)},
    )
    return back(request, home)


@intake_only
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the list under a name; a look-up is never kept."""
    name = request.POST.get("name", "").strip()[:60].replace("\x00", "")
    allowed = set(FilterForm.base_fields)
    query = QueryDict(request.POST.get("query", "")[:500])
    kept = urlencode([(key, value[:60]) for key, value in query.items() if key in allowed and value])
    if not name:
        messages.error(request, _("Give the view a name."))
    else:
        SavedView.objects.update_or_create(user=person(request), name=name, defaults={"query": kept[:500]})
        messages.success(request, _("View “%s” saved.") % name)
    return HttpResponseRedirect(f"{reverse('intake:index')}?{kept}")


@intake_only
@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one's own saved view."""
    SavedView.objects.filter(user=person(request), pk=pk).delete()
    return HttpResponseRedirect(reverse("intake:index"))
