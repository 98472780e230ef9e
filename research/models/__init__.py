"""Models of the app `research`, one concept a module, gathered here for Django."""
