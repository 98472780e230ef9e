"""The research library in the Wagtail admin: one menu for the people who keep it."""
