"""The palette holds its contrast whatever two colours a clinic picks, and says when it had to change one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.theme import DEFAULT_ACCENT, DEFAULT_BRAND, Palette, contrast, palette, stylesheet

HOSTILE = [
    ("#ffff00", "#ffff00"),
    ("#000000", "#000000"),
    ("#ffffff", "#ffffff"),
    ("#00ff00", "#ff00ff"),
    ("#ff0000", "#0000ff"),
    ("#808080", "#7f7f7f"),
]
SURFACES = ("paper", "raised", "sunk", "brand-tint", "accent-tint", "sky-1", "sky-2")
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def assert_holds(wanted: Palette) -> None:
    for mode in (wanted.light, wanted.dark):
        surfaces = [mode[name] for name in SURFACES]
        for text, ratio in (("ink", 7), ("soft", 4.5), ("brand", 4.5), ("brand-strong", 4.5), ("accent-ink", 4.5)):
            assert min(contrast(mode[text], surface) for surface in surfaces) >= ratio, (text, mode)
        assert min(contrast(mode["edge"], surface) for surface in surfaces) >= 3
        assert contrast(mode["on-brand"], mode["brand"]) >= 4.5
        assert contrast(mode["on-brand"], mode["brand-strong"]) >= 4.5
        assert contrast(mode["on-night"], mode["night"]) >= 7
        assert contrast(mode["soft-night"], mode["night"]) >= 4.5
        assert contrast(mode["accent"], mode["night"]) >= 3


@pytest.mark.parametrize(("brand", "accent"), [*HOSTILE, (DEFAULT_BRAND, DEFAULT_ACCENT)])
def test_hostile_pairs_hold_every_ratio(brand: str, accent: str) -> None:
    assert_holds(palette(brand, accent))


@given(brand=colours, accent=colours)
@settings(max_examples=60, deadline=None)
def test_any_pair_holds_every_ratio(brand: str, accent: str) -> None:
    assert_holds(palette(brand, accent))


def test_a_good_pair_is_kept_as_chosen() -> None:
    kept = palette(DEFAULT_BRAND, DEFAULT_ACCENT)
    assert kept.changes == ()
    assert kept.light["brand"] == DEFAULT_BRAND
    assert kept.light["accent"] == DEFAULT_ACCENT


def test_a_changed_colour_is_reported_in_words() -> None:
    changes = palette("#ffff00", "#0d5c55").changes
    assert [change.role for change in changes] == ["brand", "accent"]
    assert changes[0].chosen == "#ffff00"
    assert "#ffff00" in changes[0].sentence()
    assert changes[0].used in changes[0].sentence()


def test_the_hash_follows_the_colours() -> None:
    assert stylesheet("#0d5c55", "#e9a06a").hash == stylesheet("#0D5C55", "#E9A06A").hash
    assert stylesheet("#0d5c55", "#e9a06a").hash != stylesheet("#0d5c56", "#e9a06a").hash


def test_the_stylesheet_leaves_print_and_contrast_preferences_in_charge() -> None:
    css = stylesheet().css
    assert css.startswith("@layer tokens{:root{")
    assert "@layer prefs{@media screen and (prefers-color-scheme:dark)" in css
    assert "--crisis" not in css, "crisis colours are never themed"


@pytest.mark.parametrize("bad", ["", "red", "#fff", "#12345g", "url(x)", "#0d5c55;}body{display:none"])
def test_anything_but_six_digits_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="#0d5c55"):
        palette(bad, DEFAULT_ACCENT)
