"""The clinic's drawing: a small tree grown from a seed, the same seed always giving the same tree.

It is art, hidden from assistive technology, and coloured by the stylesheet through classes.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from functools import lru_cache

SIZE = 560
DEEPEST = 7
SHORTEST = 9.0
ATTEMPTS = 40
STROKES = (9, 6.2, 4.4, 3.1, 2.3, 1.7, 1.3, 1)
LEAFY = 0.34  # share of buds in the accent colour

Point = tuple[int, int]


@dataclass
class _Tree:
    """Limbs by depth (as path data) and bud positions of the two colours, in a SIZE x SIZE square."""

    dice: random.Random
    density: float
    limbs: dict[int, list[str]] = field(default_factory=dict)
    buds: tuple[set[Point], set[Point]] = field(default_factory=lambda: (set(), set()))

    def grow(self, x: float, y: float, angle: float, length: float, depth: int) -> None:
        """Grows one gently curved limb and what springs from its end."""
        dice = self.dice
        if depth > DEEPEST or length < SHORTEST:
            self.buds[dice.random() < LEAFY].add((round(x), round(y)))
            return
        bend = dice.uniform(-0.22, 0.22)
        mid = (x + math.cos(angle + bend) * length * 0.55, y - math.sin(angle + bend) * length * 0.55)
        end = (x + math.cos(angle) * length, y - math.sin(angle) * length)
        if not (-10 < end[0] < SIZE + 10 and -10 < end[1] < SIZE + 10):
            return
        relative = (round(value) for value in (mid[0] - x, mid[1] - y, end[0] - x, end[1] - y))
        self.limbs.setdefault(depth, []).append(f"M{x:.0f} {y:.0f}q" + _numbers(*relative))
        shoots = 2 if depth < 1 or dice.random() < 0.80 * self.density else 1
        if depth in (2, 3) and dice.random() < 0.30 * self.density:
            shoots = 3
        spread = dice.uniform(0.34, 0.62)
        for shoot in range(shoots):
            turn = 0.0 if shoots == 1 else spread * (2 * shoot / (shoots - 1) - 1)
            self.grow(*end, angle + turn + dice.uniform(-0.13, 0.13), length * dice.uniform(0.66, 0.86), depth + 1)

    def ungainliness(self) -> float:
        """Returns how far the crown is from full and balanced; 0 is a tree worth showing."""
        crown = sorted(self.buds[0] | self.buds[1])
        if len(crown) < 2:
            return 99.0
        left, right = crown[0][0], crown[-1][0]
        lean = abs(sum(x for x, _ in crown) / len(crown) - SIZE * 0.47) / SIZE
        narrow = max(0.0, 0.82 - (right - left) / SIZE)
        wanted = 60 + 110 * min(self.density, 1.0)
        thin = max(0.0, 1 - len(crown) / wanted)
        heavy = max(0.0, len(crown) / (wanted * 1.35) - 1)
        return lean + narrow + thin + heavy


@lru_cache(maxsize=256)
def branch(seed: int, density: float = 1.0) -> str:
    """Returns the tree for a seed (a page's id) as inline SVG of about 2.5 kB gzipped.

    `density` from 0.7 (winter) to 1.0 (summer) decides how often a limb divides.
    """
    tree = min((_grown(f"{seed}/{attempt}", density) for attempt in range(ATTEMPTS)), key=_Tree.ungainliness)
    return _svg(tree)


def _grown(seed: str, density: float) -> _Tree:
    tree = _Tree(random.Random(seed), density)  # noqa: S311 - art, not a secret
    tree.grow(SIZE * 0.60, SIZE + 6, math.pi * 0.545, SIZE * 0.225, 0)
    return tree


def _numbers(*values: int) -> str:
    """Writes path numbers without needless spaces: a minus sign separates too."""
    return "".join(f" {value}" if index and value >= 0 else str(value) for index, value in enumerate(values))


def _svg(tree: _Tree) -> str:
    crown = tree.buds[0] | tree.buds[1]
    left, right = min(x for x, _ in crown) - 10, max(x for x, _ in crown) + 10
    top = min(min(y for _, y in crown), round(SIZE * 0.09)) - 10
    limbs = "".join(
        f'<path stroke-width="{STROKES[depth]}" d="{"".join(tree.limbs[depth])}"/>' for depth in sorted(tree.limbs)
    )
    buds = "".join(
        f'<path class="b-bud b-bud{kind}" d="{"".join(f"M{x} {y}h0" for x, y in sorted(tree.buds[kind]))}"/>'
        for kind in (0, 1)
    )
    return (
        f'<svg class="branch" viewBox="{left} {top} {right - left} {SIZE - top}" aria-hidden="true" focusable="false">'
        f'<circle class="b-sun" cx="{SIZE * 0.47:.0f}" cy="{SIZE * 0.45:.0f}" r="{SIZE * 0.36:.0f}"/>'
        f'<g class="b-limb">{limbs}</g>{buds}</svg>'
    )
