"""The preview beside the clinic's two colours: what visitors will see, and what was changed to keep it readable."""

from __future__ import annotations

from typing import Any

from django.forms import Media, TextInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.admin.panels import Panel

from pages import theme

TEMPLATE = "pages/admin/colours.html"


class ColourInput(TextInput):
    """The browser's own colour picker."""

    input_type = "color"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"style": "inline-size:6rem;block-size:3rem;padding:.25rem", **(attrs or {})})


class ColoursPanel(Panel):
    """Shows the palette that the two colours make; a small script keeps it up with what is being chosen."""

    class BoundPanel(Panel.BoundPanel):
        """The panel in one form."""

        template_name = "pages/admin/colours_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Adds the palette of the colours as they are stored or were just sent."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            chosen = [self.form[name].value() or "" for name in ("brand_colour", "accent_colour")]
            return context | preview(*chosen)

        @property
        def media(self) -> Media:
            """The script that refreshes the preview."""
            return Media(js=["pages/admin/colours.js"])


@require_safe
def colours(request: HttpRequest) -> HttpResponse:
    """The preview for two colours that have not been saved yet."""
    return render(request, TEMPLATE, preview(request.GET.get("brand", ""), request.GET.get("accent", "")))


def preview(brand: str, accent: str) -> dict[str, Any]:
    """What the preview shows: both modes' tokens and the changes in words; a message for what is not a colour."""
    try:
        palette = theme.palette(brand, accent)
    except ValueError as error:
        return {"problem": str(error)}
    modes = [
        {"name": name, "tokens": {token.replace("-", "_"): value for token, value in tokens.items()}}
        for name, tokens in ((_("Light"), palette.light), (_("Dark"), palette.dark))
    ]
    return {"modes": modes, "changes": [change.sentence() for change in palette.changes]}
