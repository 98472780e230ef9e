"""Form pages, submissions, the intake desk and delivery. Knows `pages` and `research`."""
