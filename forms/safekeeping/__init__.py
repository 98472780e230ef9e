"""Submissions at rest: encryption, its keys, the chain of the audit trail, and deletion when their time is over."""
