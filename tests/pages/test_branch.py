"""The drawing is the same for the same seed, small, and well-formed."""

import gzip
from xml.etree import ElementTree

import pytest

from pages.branch import branch


@pytest.mark.parametrize("seed", [1, 7, 4_000_000])
@pytest.mark.parametrize("density", [0.7, 1.0])
def test_a_tree_is_small_and_well_formed(seed: int, density: float) -> None:
    drawing = branch(seed, density)
    assert len(gzip.compress(drawing.encode(), 9)) < 3500
    root = ElementTree.fromstring(drawing)
    assert root.get("aria-hidden") == "true"
    assert "style=" not in drawing


def test_the_same_seed_gives_the_same_tree_and_another_seed_another() -> None:
    first = branch(3)
    branch.cache_clear()
    assert branch(3) == first
    assert branch(4) != first
