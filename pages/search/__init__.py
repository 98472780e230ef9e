"""Search over pages and citations: reading what was typed, asking the database, and showing what matched."""
