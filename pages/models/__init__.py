"""Models of the app `pages`, one concept a module, gathered here for Django."""
