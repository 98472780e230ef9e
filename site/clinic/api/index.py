"""`/api/v3/`: where to begin."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from clinic.api.instance import document


@require_safe
def index(request: HttpRequest) -> JsonResponse:
    """The addresses that can be read without knowing an id, by name; each is described in the OpenAPI document."""
    paths = sorted(path for path, methods in document()["paths"].items() if "get" in methods and "{" not in path)
    links = {path.removeprefix("/api/v3/").strip("/"): request.build_absolute_uri(path) for path in paths}
    return JsonResponse({"links": links}, headers={"Cache-Control": "public, max-age=60"})
