"""`/media/`: uploaded images from the local disk, when no proxy or object store serves them."""

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django.views.static import serve


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse | FileResponse:
    """The file under MEDIA_ROOT; it can never run anything, whatever it holds."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    if isinstance(response, FileResponse):
        # Every upload and every rendition has a name of its own, so a copy never goes stale.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
