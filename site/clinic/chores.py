"""What the background worker does, and how often. Each chore may be run by several workers at once."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import close_old_connections
from wagtail.contrib.search_promotions.models import Query, QueryDailyHits

from forms.delivery.outbox import deliver_due
from forms.safekeeping import purging
from research.checking import check_next
from research.edition import forget_traces
from research.importing.purging import purge_imports

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chore:
    """Something to be done every so many seconds."""

    name: str
    every_seconds: int
    do: Callable[[], object]

    def attempt(self) -> bool:
        """Do it; whatever goes wrong is logged and told by False, so that the other chores go on."""
        close_old_connections()
        try:
            self.do()
        except Exception:
            logger.exception("The chore %s failed; it is tried again when it is due.", self.name)
            return False
        finally:
            close_old_connections()
        return True


def publish_scheduled() -> None:
    """Publish and unpublish what editors have scheduled."""
    call_command("publish_scheduled", verbosity=0)


def remove_orphan_files() -> None:
    """Delete attachments whose submission was never stored, or is gone."""
    for path in list(purging.orphan_files()):
        storages["private"].delete(path)


def tidy_search() -> None:
    """Forget counts of searches that are older than a week, and words that are neither counted nor promoted."""
    QueryDailyHits.garbage_collect()
    Query.garbage_collect()


def check_citations() -> None:
    """Ask whether one more source still holds, if the site is set to; a run that broke off goes on where it was."""
    if settings.RESEARCH_CHECK_DAYS:
        check_next(timedelta(days=settings.RESEARCH_CHECK_DAYS))


def clear_sessions() -> None:
    """Delete sessions that have run out."""
    call_command("clearsessions", verbosity=0)


CHORES = (
    Chore("deliver", 5, deliver_due),
    Chore("publish_scheduled", 60, publish_scheduled),
    Chore("purge_drafts", 600, purging.purge_drafts),
    Chore("purge_proofs", 600, purging.purge_proofs),
    Chore("purge_submissions", 3600, purging.purge_submissions),
    Chore("purge_snapshots", 24 * 3600, purging.purge_snapshots),
    Chore("tidy_search", 24 * 3600, tidy_search),
    Chore("check_citations", 30, check_citations),
    Chore("purge_imports", 24 * 3600, purge_imports),
    Chore("forget_traces", 3600, forget_traces),
    Chore("clear_sessions", 24 * 3600, clear_sessions),
    Chore("remove_orphan_files", 24 * 3600, remove_orphan_files),
)
