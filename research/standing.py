"""Signals of a citation's standing, for floors above to answer.

``citation_leaves`` is sent before a public record stops being public; a receiver refuses by raising
PublishBlockedError. ``citation_doubted`` is sent after the commit that made a public record retracted or put it under
an expression of concern; receivers tell people.
"""

from django.dispatch import Signal

from research.choices import Status

#: Arguments: sender (Citation), instance.
citation_leaves = Signal()

#: Arguments: sender (Citation), instance.
citation_doubted = Signal()

#: Standings that people are told about at once.
ALARMING = frozenset({Status.RETRACTED, Status.CONCERN})
