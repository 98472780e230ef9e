"""The admin as its users meet it: the clinic's name, no dead ends, nothing from elsewhere."""

import re

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.html import escape

from pages.models import ClinicSettings
from tests.demo.test_journeys import log_in

pytestmark = pytest.mark.any_database

CLINIC = "Juniper Row Clinic"


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


@pytest.mark.parametrize(
    ("address", "title"), [("/admin/login/", "Sign in"), ("/admin/", "Dashboard"), ("/admin/nowhere/", "Not found")]
)
def test_every_page_bears_the_name_and_icon_of_the_clinic(address: str, title: str) -> None:
    client = Client() if "login" in address else log_in("marketing")
    read = page(client, address, 404 if "nowhere" in address else 200)
    assert f"<title>{title} - {CLINIC}</title>" in " ".join(read.split())
    assert "pages/icon." in re.search(r'<link rel="[a-z ]*icon" href="([^"]+)"', read).group(1)  # type: ignore[union-attr]
    assert "wagtailadmin/images/favicon" not in read


def test_only_who_works_on_pages_is_asked_to_search_them() -> None:
    """What is searched for stands in the address: nobody is led to type a patient's name there."""
    assert 'role="search"' in page(log_in("marketing"), "/admin/")
    for role in ("intake", "clinician"):
        assert 'role="search"' not in page(log_in(role), "/admin/")


def test_the_help_menu_has_no_badges_and_no_news_of_the_software() -> None:
    read = page(log_in("intake"), "/admin/")
    assert "editor-guide" in read
    assert "whats-new-in-wagtail" not in read
    assert not re.search(r"dismissible-id-value\W+editor-guide", read)


def test_the_account_page_offers_no_time_zone_that_browsers_do_not_know() -> None:
    read = page(log_in("intake"), "/admin/account/")
    assert escape("America/Los_Angeles") in read
    assert 'value="localtime"' not in read


def test_the_list_of_users_says_what_each_may_do() -> None:
    rows = BeautifulSoup(page(log_in("admin"), "/admin/users/"), "html5lib").select("table.listing tbody tr")
    found = {row.select_one(".username").text.strip(): row.select_one(".level").text.strip() for row in rows}  # type: ignore[union-attr]
    assert found == {
        "admin": "Administrators",
        "clinician": "Clinicians",
        "intake": "Intake",
        "marketing": "Marketing",
    }


@pytest.mark.parametrize(
    ("number", "taken"),
    [("call us", False), ("555", False), ("", True), ("(760) 555-0142", True), ("+1 760.555.0142", True)],
)
def test_a_number_that_no_phone_could_call_is_refused(number: str, taken: bool) -> None:
    clinic = ClinicSettings(phone=number, referral_phone=number, fax=number)
    try:
        clinic.clean_fields()
        refused: set[str] = set()
    except ValidationError as error:
        refused = set(error.message_dict)
    assert refused == (set() if taken else {"phone", "referral_phone", "fax"})
