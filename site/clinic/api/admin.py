"""The admin's screens of the API: what tokens may do, and webhooks. Tokens are made under Settings, API tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.users.utils import get_manageable_token_owners

from clinic.api.models import TokenGrant, WebhookEndpoint
from clinic.api.webhooks import KIND, replay, secret_of
from forms.models import Delivery


class GrantPolicy(ModelPermissionPolicy):
    """Grants come and go with their tokens: nobody adds or deletes one, superusers included."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Change and view as the permissions say; nothing else."""
        return action in {"change", "view"} and bool(super().user_has_permission(user, action))


class Manageable:
    """Narrows to the tokens that the person at the screen may manage."""

    request: Any

    def get_queryset(self) -> Any:
        """Grants of people whose tokens this person may manage; one's own without further rights."""
        rows = super().get_queryset()  # type: ignore[misc]
        return rows.filter(token__user__in=get_manageable_token_owners(self.request.user)).select_related("token__user")


def _revoke(grant: TokenGrant) -> str:
    if grant.token.revoked_at:
        return str(_("revoked"))
    address = reverse("wagtailusers_api_tokens:delete", args=[grant.token_id])
    return format_html('<a href="{}">{}</a>', address, _("Revoke"))


class TokenList(Manageable, generic.IndexView):
    """All tokens with their people, scopes and ends."""

    page_title = _("API access")

    @cached_property
    def no_results_message(self) -> str:
        """Where tokens come from."""
        words = _("There is no token yet. What a token may do is chosen here.")
        address = reverse("wagtailusers_api_tokens:add")
        return format_html('{} <a href="{}">{}</a>', words, address, _("Make a token"))

    @property
    def columns(self) -> list[Column]:
        """What the list shows."""
        return [
            TitleColumn("token", label=_("Token"), get_url=self.get_edit_url),
            Column("user", label=_("Person"), accessor="token.user"),
            Column("scopes", label=_("May")),
            Column("expires_at", label=_("Expires")),
            Column("last_used_at", label=_("Last used"), accessor="token.last_used_at"),
            Column("revoke", label=_("State"), accessor=_revoke),
        ]


class TokenEdit(Manageable, generic.EditView):
    """Scopes and end of one token."""


register_permission_policy(TokenGrant, GrantPolicy(TokenGrant), exact_class=True)


class TokenGrantViewSet(ModelViewSet):
    """Lists tokens and edits what they may do. Grants come and go with their tokens, so none is added or deleted."""

    model = TokenGrant
    icon = "key"
    menu_label = _("API access")
    menu_name = "api-access"
    menu_order = 603
    add_to_settings_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = False
    index_view_class = TokenList
    edit_view_class = TokenEdit
    list_filter: list[str] = []
    panels = [
        HelpPanel(
            content=_(
                "<p>A token never gives more than its person may do. Without a scope it reads what everyone reads. "
                "Revoke a token that is no longer needed.</p>"
            )
        ),
        MultiFieldPanel(
            [FieldPanel("read_drafts"), FieldPanel("write_pages"), FieldPanel("write_research")], heading=_("Scopes")
        ),
        FieldPanel("expires_at"),
    ]


class WebhookList(generic.IndexView):
    """All endpoints with the state of their events."""

    @cached_property
    def events(self) -> dict[tuple[int, str], int]:
        """How many events of each endpoint are in each state. One query."""
        counted = Delivery.objects.filter(kind=KIND).values_list("payload__endpoint", "state").order_by()
        return {(endpoint, state): number for endpoint, state, number in counted.annotate(number=Count("pk"))}

    def _number(self, state: str) -> Callable[[WebhookEndpoint], int]:
        return lambda endpoint: self.events.get((endpoint.pk, state), 0)

    def _given_up(self, endpoint: WebhookEndpoint) -> str:
        count = self._number(Delivery.State.FAILED)(endpoint)
        address = reverse("api_webhooks:replay", args=[endpoint.pk])
        return format_html('{} <a href="{}">{}</a>', count, address, _("Send again")) if count else "0"

    @property
    def columns(self) -> list[Column]:
        """What the list shows."""
        return [
            TitleColumn("url", label=_("Address"), get_url=self.get_edit_url),
            Column("note", label=_("What it is")),
            BooleanColumn("active", label=_("Active")),
            Column("sent", label=_("Sent"), accessor=self._number(Delivery.State.SENT)),
            Column("waiting", label=_("Waiting"), accessor=self._number(Delivery.State.WAITING)),
            Column("failed", label=_("Given up"), accessor=self._given_up),
        ]


class SecretPanel(HelpPanel):
    """Shows an endpoint's signing secret to whoever may edit it."""

    class BoundPanel(HelpPanel.BoundPanel):
        """The panel on a form."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            known = self.instance is not None and self.instance.pk
            self.content = (
                format_html("<p>{} <code>{}</code></p>", _("Signing secret:"), secret_of(self.instance))
                if known
                else format_html("<p>{}</p>", _("Save first. The signing secret is shown then."))
            )


def replay_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then puts an endpoint's failed events back into the outbox."""
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    if not request.user.has_perm("clinic.change_webhookendpoint"):
        raise PermissionDenied
    if request.method == "POST":
        count = replay(endpoint)
        messages.success(request, _("%(count)d events will be sent again.") % {"count": count})
        return redirect("api_webhooks:index")
    title = _("Send again")
    crumbs = [{"url": reverse("api_webhooks:index"), "label": _("Webhooks")}, {"url": "", "label": title}]
    context = {"endpoint": endpoint, "header_title": title, "header_icon": "link-external", "breadcrumbs_items": crumbs}
    return render(request, "clinic/replay_webhook.html", context)


class WebhookViewSet(ModelViewSet):
    """Endpoints of front ends: add, switch off, see their state, send again."""

    model = WebhookEndpoint
    icon = "link-external"
    menu_label = _("Webhooks")
    menu_name = "api-webhooks"
    menu_order = 604
    add_to_settings_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = False
    index_view_class = WebhookList
    list_filter: list[str] = []
    panels = [
        FieldPanel("url"),
        FieldPanel("note", help_text=_("For your colleagues, e.g. the front end in production.")),
        FieldPanel("active", help_text=_("Take the tick away to send nothing for a while.")),
        SecretPanel(),
    ]

    def get_urlpatterns(self) -> list[Any]:
        """The usual addresses, and the one to send again."""
        return [*super().get_urlpatterns(), path("replay/<int:pk>/", replay_view, name="replay")]
