"""A small clinic with something of everything, and canaries wherever nobody may look."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from wagtail.models import Page, PageViewRestriction

from pages.models import (
    ClinicSettings,
    ConditionPage,
    ConditionQuestion,
    CrisisLine,
    EligibilityCriterion,
    HeaderLink,
    HomeCard,
    HomeCardSource,
    HomePage,
    Navigation,
    OpeningHours,
    Person,
    ProfessionalsEvidence,
    ProfessionalsPage,
    ResearchPage,
    StandardPage,
    WarningSign,
)
from research.models import Citation, CitationRelation, Topic
from tests.pages.site import more_types
from tests.research.builders import citation, condition_page, fact, home_page, topic

#: Stands in everything that no anonymous answer may hold.
CANARY = "canary-7f3a9"


@dataclass
class World:
    """What the tests need to name."""

    home: HomePage
    ptsd: ConditionPage
    draft: StandardPage
    private: StandardPage
    below_private: StandardPage
    professionals: ProfessionalsPage
    research: ResearchPage
    standard: StandardPage
    trial: Citation
    topic: Topic


def build() -> World:
    """Makes the clinic in the test's database."""
    home = home_page()
    reviewer = Person.objects.create(name="Rae Example", slug="rae", credentials="MD", role="Physician")
    library = _library()
    trial = library["feder-2014-ptsd"]
    _clinic(home)

    HomeCardSource.objects.create(
        claim=HomeCard.objects.create(
            page=home, heading="Hours to days", statement="Some feel better within a day.", balance="Not everyone does."
        ),
        citation=trial,
    )
    standard = _child(
        home,
        StandardPage(
            title="What to expect",
            slug="what-to-expect",
            summary="The day itself.",
            body=[
                {"type": "heading", "value": "Before you come", "id": "11111111-1111-4111-8111-111111111111"},
                {
                    "type": "text",
                    "value": f'<p>Rest <b>well</b>. One trial tells more<a linktype="citation" id="{trial.pk}">[Feder '
                    f'2014]</a>. See <a linktype="page" id="{home.pk}">home</a>. <script>alert(1)</script></p>',
                    "id": "22222222-2222-4222-8222-222222222222",
                },
            ],
        ),
    )
    ptsd = _condition(trial, library["abbar-2022-si"], library["draft-2020"], reviewer)
    professionals = _child(
        home,
        ProfessionalsPage(
            title="For professionals", slug="for-professionals", summary="What to know.", reviewer=reviewer
        ),
    )
    ProfessionalsEvidence.objects.create(page=professionals, citation=trial, point="First trial in PTSD.")
    research = _child(
        home, ResearchPage(title="Research", slug="research", summary="What is known.", how_we_choose="<p>Trials.</p>")
    )
    more_types(home)
    draft = _child(home, StandardPage(title=f"Draft {CANARY}", slug="draft", summary=CANARY, live=False))
    private = _child(home, StandardPage(title=f"Private {CANARY}", slug="private", summary=CANARY))
    below_private = _child(private, StandardPage(title=f"Below {CANARY}", slug="below", summary=CANARY))
    PageViewRestriction.objects.create(page=private, restriction_type="password", password=CANARY)
    for_group = _child(home, StandardPage(title=f"Group {CANARY}", slug="group-only", summary=CANARY))
    PageViewRestriction.objects.create(page=for_group, restriction_type="groups").groups.add(Group.objects.first())

    standard.summary = f"Unpublished change {CANARY}"
    standard.save_revision()
    return World(
        home=home,
        ptsd=ptsd,
        draft=draft,
        private=private,
        below_private=below_private,
        professionals=professionals,
        research=research,
        standard=StandardPage.objects.get(pk=standard.pk),
        trial=trial,
        topic=Topic.objects.get(slug="ptsd"),
    )


def _child(parent: Page, page: Any) -> Any:
    parent.add_child(instance=page)
    return page


def _library() -> dict[str, Citation]:
    topic("ptsd", name="PTSD", synonyms="Post-traumatic stress", introduction="<p>What studies <b>found</b>.</p>")
    topic("depression", name="Depression")
    topic("suicidal-thoughts", name="Suicidal thoughts", parent=topic("depression"))
    made = [
        citation(
            topics={"ptsd": "benefit", "depression": "mixed"},
            doi="10.1001/jamapsychiatry.2014.62",
            pmid="24740528",
            sample_size=41,
            notes=CANARY,
            import_origin=CANARY,
            extra={"note": CANARY, "custom": {"notes": CANARY}},
        ),
        citation("abdallah-2022-veterans-ptsd", topics={"ptsd": "no-benefit"}, issued_year=2022, sample_size=158),
        citation("abbar-2022-si", topics={"suicidal-thoughts": "benefit"}, issued_year=2022),
        citation("mice-2019", topics={"ptsd": "background"}, kind="news", issued_year=2019, study_design="report"),
        citation(
            "larkin-2011-ed",
            topics={"suicidal-thoughts": "benefit"},
            status="retracted",
            status_date=datetime.date(2017, 1, 1),
            issued_year=2011,
        ),
        citation("draft-2020", title=f"Draft {CANARY}", live=False, topics={"ptsd": "benefit"}),
        citation("unverified-2020", title=f"Unverified {CANARY}", verified_on=None, live=False),
        citation("withheld-2020", title=f"Withheld {CANARY}", withheld=True, topics={"ptsd": "harm"}),
    ]
    library = {one.key: one for one in made}
    CitationRelation.objects.create(
        citation=library["feder-2014-ptsd"], related=library["abdallah-2022-veterans-ptsd"], kind="same-trial"
    )
    CitationRelation.objects.create(
        citation=library["feder-2014-ptsd"], related=library["withheld-2020"], kind="corrects"
    )
    return library


def _condition(trial: Citation, other: Citation, unpublished: Citation, reviewer: Person) -> ConditionPage:
    page = condition_page(
        "ptsd",
        reviewer=reviewer,
        reviewed_on=datetime.date(2026, 1, 5),
        next_review=datetime.date(2099, 1, 5),
        how_it_may_work=f'<p>One leading idea<a linktype="citation" id="{other.pk}">[Abbar 2022]</a>.</p>',
        at_a_glance=[
            {
                "type": "row",
                "value": {"label": "On the day", "text": "<p>You can’t drive.</p>"},
                "id": "33333333-3333-4333-8333-333333333333",
            }
        ],
        act_now="Call 988.",
    )
    fact(page, "Some people feel better within a day.", trial)
    fact(page, f"Not checked {CANARY}.", unpublished, draft=True)
    page.warning_signs = [WarningSign(text="Nightmares"), WarningSign(text="Feeling on guard")]
    page.questions = [ConditionQuestion(question="Does it last?", answer="<p>Often for days, not for months.</p>")]
    page.topics.add(topic("ptsd"))
    page.save()
    saved: ConditionPage = ConditionPage.objects.get(pk=page.pk)
    return saved


def _clinic(home: HomePage) -> None:
    site = home.get_site()
    clinic = ClinicSettings.for_site(site)
    clinic.name, clinic.phone = "Juniper Row Clinic", "760-555-0142"
    clinic.crisis_lines = [CrisisLine(name="988 Lifeline", phone="988", sms="988")]
    clinic.opening_hours = [
        OpeningHours(first_day=1, last_day=5, opens=datetime.time(8), closes=datetime.time(17)),
    ]
    clinic.save()
    navigation = Navigation.for_site(site)
    navigation.header_links = [HeaderLink(page=home, text="Home")]
    navigation.save()
    EligibilityCriterion.objects.create(kind="inclusion", key="ptsd", text="PTSD", note="Any cause.")
    EligibilityCriterion.objects.create(kind="exclusion", key="current-mania", text="A current manic phase")
    EligibilityCriterion.objects.create(kind="exclusion", key="old", text=f"Retired {CANARY}", active=False)
