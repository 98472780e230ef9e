"""The project itself: settings, addresses, entry points. It may import every app; no app imports it."""
