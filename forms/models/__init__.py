"""Models of the app `forms`, one concept a module, gathered here for Django."""
