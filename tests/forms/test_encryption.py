"""Encryption at rest: what a key ring opens, and all that it must not open (case 9)."""

import base64
import secrets
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from forms.safekeeping.encryption import (
    EncryptionError,
    KeyMissingError,
    KeyRing,
    KeyWrongError,
    blind_index,
    decode_key,
)

A, B = secrets.token_bytes(32), secrets.token_bytes(32)


def test_opens_what_it_sealed() -> None:
    ring = KeyRing({"a": A})
    assert ring.open(ring.seal("Ärztin".encode(), bound_to="row:1"), bound_to="row:1").decode() == "Ärztin"


def test_nothing_readable_in_the_sealed_value() -> None:
    assert b"canary" not in KeyRing({"a": A}).seal(b"canary" * 50, bound_to="row:1")


def test_sealing_twice_differs() -> None:
    ring = KeyRing({"a": A})
    assert ring.seal(b"x", bound_to="r") != ring.seal(b"x", bound_to="r")


def test_case_9_moved_row_fails_closed() -> None:
    ring = KeyRing({"a": A})
    with pytest.raises(KeyWrongError, match="moved or damaged"):
        ring.open(ring.seal(b"x", bound_to="row:1"), bound_to="row:2")


def test_case_9_lost_key_names_the_key_and_the_setting() -> None:
    sealed = KeyRing({"old": A}).seal(b"x", bound_to="r")
    with pytest.raises(KeyMissingError, match=r"“old”.*SUBMISSION_KEYS"):
        KeyRing({"new": B}).open(sealed, bound_to="r")


def test_case_9_wrong_key_under_the_same_name_fails_closed() -> None:
    sealed = KeyRing({"a": A}).seal(b"x", bound_to="r")
    with pytest.raises(KeyWrongError):
        KeyRing({"a": B}).open(sealed, bound_to="r")


def test_case_9_rotation_seals_new_and_opens_old() -> None:
    sealed = KeyRing({"a": A}).seal(b"x", bound_to="r")
    ring = KeyRing({"b": B, "a": A})
    assert ring.open(sealed, bound_to="r") == b"x"
    assert KeyRing.key_id_of(ring.seal(b"x", bound_to="r")) == "b"


@pytest.mark.parametrize("cut", [0, 1, 3, 10, 20, -1])
def test_case_9_damaged_values_never_open(cut: int) -> None:
    ring = KeyRing({"a": A})
    sealed = ring.seal(b"answer", bound_to="r")
    with pytest.raises(EncryptionError):
        ring.open(sealed[:cut], bound_to="r")


def test_every_flipped_bit_is_noticed() -> None:
    ring = KeyRing({"a": A})
    sealed = bytearray(ring.seal(b"answer", bound_to="r"))
    for place in range(len(sealed)):
        sealed[place] ^= 1
        with pytest.raises(EncryptionError):
            ring.open(bytes(sealed), bound_to="r")
        sealed[place] ^= 1


@pytest.mark.parametrize("bad", ["", "short", base64.b64encode(b"x" * 31).decode(), "ü" * 44])
def test_bad_keys_name_the_setting(bad: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="BLIND_INDEX_KEY"):
        decode_key(bad, "BLIND_INDEX_KEY")


def test_blind_indexes_are_stable_and_apart(settings: Any) -> None:
    assert blind_index("phone", "+17605550142") == blind_index("phone", "+17605550142")
    assert blind_index("phone", "+17605550142") != blind_index("email", "+17605550142")
    before = blind_index("phone", "+17605550142")
    settings.BLIND_INDEX_KEY = base64.b64encode(B).decode()
    assert blind_index("phone", "+17605550142") != before
