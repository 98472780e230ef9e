"""The public pages as a visitor's browser gets them."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/",
    "/conditions/",
    "/conditions/condition-0/",
    "/professionals/",
    "/professionals/referral-pack/",
    "/research/",
    "/faq/",
    "/search/",
    "/search/?q=condition",
    "/search/?q=zzzz",
    "/no-such-page/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_carries_crisis_help(client: Client, whole_site: None, address: str) -> None:
    response = client.get(address)
    assert response.status_code == (404 if "no-such" in address else 200)
    page = response.content.decode()
    assert page.count('href="tel:988"') >= 2
    assert 'href="sms:988"' in page
