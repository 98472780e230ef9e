"""The headless API: one NinjaAPI instance under /api/v3/, Wagtail's read API under /api/v2/."""
