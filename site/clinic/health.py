"""`/healthz` (the process is up) and `/readyz` (the database answers and its migrations are applied)."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

LIVE = "/healthz"
READY = "/readyz"
# Migrations once applied stay applied while this process lives; looking costs a tenth of a second.
_migrated = False


class HealthMiddleware:
    """Answers both addresses before anything else looks at the request.

    The machine asks under its own name and in plain HTTP, which the host check and the redirect to HTTPS would refuse.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer for the machine, or pass the request on."""
        if request.path_info not in (LIVE, READY):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        reason = unreadiness() if request.path_info == READY else ""
        response = JsonResponse({"status": "unavailable", "reason": reason} if reason else {"status": "ok"})
        response.status_code = 503 if reason else 200
        response.headers["Cache-Control"] = "no-store"
        return response


def unreadiness() -> str:
    """Why visitors cannot be served now; empty when they can."""
    global _migrated
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _migrated:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "Migrations are waiting. Run: python manage.py migrate"
            _migrated = True
    except DatabaseError:
        return "The database does not answer. Check that it runs and that DATABASE_URL names it."
    return ""
