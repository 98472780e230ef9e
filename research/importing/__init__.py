"""Brings records into the library: read, match, show the differences, then commit what a person chose."""
