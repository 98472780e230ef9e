"""Signals of a citation's standing, for floors above to answer.

``citation_leaves`` is sent before a public record stops being public; a receiver refuses by raising
PublishBlockedError. ``citation_doubted`` is sent inside the transaction that makes a public record retracted or puts it
under an expression of concern; a receiver notes there whom to tell, so that the news is kept exactly if the change is,
and tells them later.
"""

from django.dispatch import Signal

from research.choices import Status

#: Arguments: sender (Citation), instance.
citation_leaves = Signal()

#: Arguments: sender (Citation), instance.
citation_doubted = Signal()

#: Standings that people are told about at once.
ALARMING = frozenset({Status.RETRACTED, Status.CONCERN})
