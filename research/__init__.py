"""Topics, citations and the evidence they carry. Knows no other app of this project."""
