"""What is told about a submission: the outbox, and webhooks."""
