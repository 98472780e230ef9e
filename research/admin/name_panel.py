"""A name that writes the address made from it, while its thing is new."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import TitleFieldPanel


class NamePanel(TitleFieldPanel):
    """Wagtail's title field as a plain field. A stored address or key stays: others refer to it by now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"classname": "", "placeholder": False, **kwargs})

    class BoundPanel(TitleFieldPanel.BoundPanel):
        """The panel on a form."""

        def get_should_apply(self) -> bool:
            """Only for what is not stored yet."""
            return self.instance.pk is None
