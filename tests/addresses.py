"""The addresses that visitors and other people's tools rely on."""

CONDITIONS = ("depression", "suicidal-thoughts", "postpartum-depression", "ptsd", "ocd", "crps", "fibromyalgia")
PAGES = (
    "/",
    "/conditions/",
    *(f"/conditions/{slug}/" for slug in CONDITIONS),
    "/research/",
    "/professionals/",
    "/refer-a-patient/",
    "/schedule-a-call/",
)
FIXED = (
    *PAGES,
    "/search/",
    "/admin/login/",
    "/api/v3/",
    "/api/v3/pages/",
    "/sitemap.xml",
    "/robots.txt",
    "/healthz",
    "/readyz",
)
