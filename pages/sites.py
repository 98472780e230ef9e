"""Which of Wagtail's sites a request asks for."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.http.request import split_domain_port
from wagtail.models import Site
from wagtail.models.sites import MATCH_DEFAULT, MATCH_HOSTNAME, MATCH_HOSTNAME_DEFAULT, MATCH_HOSTNAME_PORT

from research.prepared import prepared


def site_of(request: HttpRequest) -> Site | None:
    """What ``Site.find_for_request`` finds, kept where that keeps it: whoever asks Wagtail afterwards asks nothing.

    Every request needs it, and writing Wagtail's query takes longer than all else of a short answer.
    """
    if not hasattr(request, "_wagtail_site"):
        # Wagtail, too, reads the host past ALLOWED_HOSTS: what is not a site of ours gets the default one.
        host = split_domain_port(request._get_raw_host())[0]  # type: ignore[attr-defined]
        port = int(request.get_port())
        request._wagtail_site = _chosen(_candidates(host=host, port=port))  # type: ignore[attr-defined]
    site: Site | None = request._wagtail_site  # type: ignore[attr-defined]
    return site


@prepared
def _candidates(*, host: str, port: int) -> QuerySet[Site]:
    match = Case(
        When(hostname=host, port=port, then=Value(MATCH_HOSTNAME_PORT)),
        When(hostname=host, is_default_site=True, then=Value(MATCH_HOSTNAME_DEFAULT)),
        When(is_default_site=True, then=Value(MATCH_DEFAULT)),
        default=Value(MATCH_HOSTNAME),
        output_field=IntegerField(),
    )
    named = Site.objects.filter(Q(hostname=host) | Q(is_default_site=True))
    return named.annotate(match=match).order_by("match").select_related("root_page__locale")


def _chosen(sites: list[Site]) -> Site | None:
    """The best match; a host name that one site alone has goes before the default site."""
    if not sites:
        return None
    if sites[0].match == MATCH_DEFAULT:
        return sites[len(sites) == 2]
    return sites[0] if len(sites) == 1 or sites[0].match in (MATCH_HOSTNAME_PORT, MATCH_HOSTNAME_DEFAULT) else None
