"""What the pages app adds to the Wagtail admin."""

from __future__ import annotations

from wagtail_modeladmin.options import modeladmin_register

from pages.modeladmin import ConditionListing

modeladmin_register(ConditionListing)
