"""Search over pages, citations and people: reading what was typed, asking the database, and showing what matched."""
