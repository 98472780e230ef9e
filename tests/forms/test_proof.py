"""Proof of work: off unless asked for; what comes without one that holds is quarantined, and nothing is refused."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import altcha
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from forms.models import Delivery, SpentProof, Submission
from forms.receiving import proof, receive
from forms.safekeeping.purging import purge_proofs
from tests.forms.build import REFERRAL, answers, call_page, person, referral_page, token

pytestmark = pytest.mark.django_db
URL = "/schedule-a-call/"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Riddles of a few tries: what is tested here is not how long they take."""
    monkeypatch.setattr(proof, "FEWEST", 2)
    monkeypatch.setattr(proof, "MOST", 5)


def solved(client: Client, url: str = URL) -> str:
    """A proof, made from the form's challenge by ALTCHA's own solver."""
    response = client.get(f"{url}proof/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    challenge = altcha.Challenge.from_dict(response.json())
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()


def changed(payload: str, **parameters: Any) -> str:
    """The payload with other parameters in its challenge; the signature stays."""
    read = json.loads(base64.b64decode(payload))
    read["challenge"]["parameters"] |= parameters
    return base64.b64encode(json.dumps(read).encode()).decode()


def sent(client: Client, page: Any, **data: Any) -> Submission:
    response = client.post(URL, answers(page, **data))
    assert response.status_code == 303
    return Submission.objects.order_by("-received_at", "-id")[0]


def test_it_is_off_unless_the_form_or_the_installation_asks(client: Client, settings: Any) -> None:
    page = call_page()
    assert b"proof" not in client.get(URL).content
    assert client.get(URL + "proof/").status_code == 404
    assert sent(client, page).spam == ""
    settings.PROOF_OF_WORK = True
    html = client.get(URL).content.decode()
    assert f'data-proof="{URL}proof/"' in html
    assert '<script src="/static/forms/proof' in html
    assert client.post(URL + "proof/").status_code == 405


def test_a_form_with_a_solved_proof_is_an_ordinary_submission(client: Client) -> None:
    page = call_page(proof_of_work=True)
    submission = sent(client, page, **{"form-proof": solved(client)})
    assert (submission.spam, submission.spam_reasons) == ("", "")
    assert Delivery.objects.count() == 1
    assert SpentProof.objects.count() == 1


def test_a_browser_without_script_gets_its_receipt_and_a_person_releases_it(client: Client) -> None:
    page = call_page(proof_of_work=True)
    response = client.post(URL, answers(page))
    submission = Submission.objects.get()
    assert submission.reference in client.get(response["Location"]).content.decode()
    assert (submission.spam, submission.spam_reasons) == ("possible", "proof")
    assert not Delivery.objects.exists()
    client.force_login(person("inez", intake=True))
    detail = f"/admin/intake/{submission.pk}/"
    assert "its browser gave no proof of work" in client.get(detail).content.decode()
    client.post(f"{detail}release/")
    assert Submission.objects.get().spam == "released"
    assert Delivery.objects.count() == 1


def test_a_proof_is_taken_once(client: Client) -> None:
    page = call_page(proof_of_work=True)
    payload = solved(client)
    data = answers(page, **{"form-proof": payload})
    assert [client.post(URL, data).status_code for _ in range(2)] == [303, 303]  # a double click is one submission
    assert Submission.objects.get().spam == ""
    again = sent(client, page, your_name="Somebody else", **{"form-proof": payload})
    assert again.spam_reasons == "proof"


def test_two_sendings_with_one_proof_at_the_same_moment_share_it_with_nobody(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = call_page(proof_of_work=True)
    payload = solved(client)
    known = proof.read_proof(payload, page)
    assert known is not None
    build = receive._build

    def meanwhile(*args: Any) -> Submission:
        SpentProof.objects.create(digest=known.digest, expires_at=known.expires_at)  # the other one was quicker
        return build(*args)

    monkeypatch.setattr(receive, "_build", meanwhile)
    submission = sent(client, page, **{"form-proof": payload})
    assert submission.spam_reasons == "proof"
    assert not Delivery.objects.exists()


def test_forged_expired_and_borrowed_proofs_do_not_hold(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = call_page(proof_of_work=True)
    other = call_page(slug="other", proof_of_work=True)
    payload = solved(client)
    parameters = json.loads(base64.b64decode(payload))["challenge"]["parameters"]
    own = altcha.create_challenge(
        proof.ALGORITHM, 1, counter=1, expires_at=2**31, data={"form": page.pk}, hmac_secret="x", hmac_key_secret="y"
    )
    solution = altcha.solve_challenge(own)
    assert solution is not None
    borrowed = solved(client, "/other/")
    monkeypatch.setattr(proof, "LIFE", timedelta(seconds=-1))
    bad = [
        solved(client),  # expired
        borrowed,
        changed(payload, expiresAt=parameters["expiresAt"] + 10_000),
        changed(payload, cost=1),
        changed(payload, data={"form": other.pk}),
        altcha.Payload(own, solution).to_base64(),  # signed by somebody else
        payload[:-8],
        "x" * 5000,
    ]
    for number, one in enumerate(bad):
        submission = sent(client, page, your_name=f"Person {number}", **{"form-proof": one})
        assert submission.spam_reasons == "proof", one
    assert not SpentProof.objects.exists()
    assert sent(client, page, **{"form-proof": payload}).spam == ""


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
PARAMETERS = ("algorithm", "nonce", "salt", "cost", "keyLength", "keyPrefix", "keySignature", "expiresAt", "data")


@given(
    st.dictionaries(st.sampled_from(PARAMETERS), ANYTHING, max_size=9),
    ANYTHING,
    st.dictionaries(st.sampled_from(("counter", "derivedKey", "time")), ANYTHING, max_size=3) | ANYTHING,
)
@tries(max_examples=60, suppress_health_check=list(HealthCheck))
def test_case_1_whatever_is_posted_as_a_proof_is_no_error(parameters: Any, signature: Any, solution: Any) -> None:
    page = call_page()
    read = {"challenge": {"parameters": parameters, "signature": signature}, "solution": solution}
    for text in (json.dumps(read), json.dumps(solution), str(solution)):
        assert proof.read_proof(base64.b64encode(text.encode("utf-8", "replace")).decode(), page) is None
        assert proof.read_proof(text, page) is None


def test_a_form_in_steps_asks_for_it_where_it_is_sent(client: Client) -> None:
    page = referral_page(proof_of_work=True)
    url = "/refer-a-patient/"
    for number in (1, 2, 3):
        assert b"data-proof" not in client.get(url).content
        url = client.post(url, {**REFERRAL[number], "form-token": token(page)})["Location"]
    assert 'data-proof="/refer-a-patient/proof/"' in client.get(url).content.decode()
    client.post(url, {"form-proof": solved(client, "/refer-a-patient/")})
    submission = Submission.objects.get()
    assert "proof" not in submission.spam_reasons
    assert SpentProof.objects.count() == 1


def test_spent_proofs_are_remembered_as_long_as_they_would_hold(client: Client) -> None:
    page = call_page(proof_of_work=True)
    sent(client, page, **{"form-proof": solved(client)})
    assert purge_proofs() == 0
    SpentProof.objects.update(expires_at="2001-01-01T00:00Z")
    assert purge_proofs() == 1


def test_a_proof_keeps_to_the_twelve_queries(client: Client) -> None:
    page = call_page(proof_of_work=True)
    sent(client, page, your_name="Somebody earlier", **{"form-proof": solved(client)})
    data = answers(page, **{"form-proof": solved(client)})
    with CaptureQueriesContext(connection) as queries:
        assert client.post(URL, data).status_code == 303
    own = [query["sql"] for query in queries if "wagtailcore_" not in query["sql"]]
    assert len(own) <= 12, "\n".join(sql[:150] for sql in own)
