"""The clinic's palette: two colours in, a whole light and dark palette out that holds its contrast.

Ratios follow WCAG 2.2 (1.4.3 text 4.5:1, 1.4.11 controls 3:1) with a margin on top, measured against every surface a
token may stand on. Colours move in OKLCH, so that a hue keeps its character while its lightness changes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from coloraide import Color
from django.utils.translation import gettext as _

DEFAULT_BRAND = "#0d5c55"
DEFAULT_ACCENT = "#e9a06a"
SYSTEM_FONTS = {"text": "system-ui,sans-serif", "display": "Georgia,serif"}
HEX_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")

Role = Literal["brand", "accent"]
Tokens = dict[str, str]
Check = Callable[[str], bool]


@dataclass(frozen=True)
class Change:
    """One of the clinic's colours that could not be used as chosen.

    `chosen` and `used` are hex colours. Only the light palette is compared: the dark one is always derived.
    """

    role: Role
    chosen: str
    used: str

    def sentence(self) -> str:
        """Says in plain words what was changed and why, for the editor's preview."""
        lighter = _luminance(self.used) > _luminance(self.chosen)
        words = {
            ("brand", True): _(
                "The main color %(chosen)s is shown lighter, as %(used)s, so that links and buttons stay readable."
            ),
            ("brand", False): _(
                "The main color %(chosen)s is shown darker, as %(used)s, so that links and buttons stay readable."
            ),
            ("accent", True): _(
                "The second color %(chosen)s is shown lighter, as %(used)s, so that it stays visible on the dark band."
            ),
            ("accent", False): _(
                "The second color %(chosen)s is shown darker, as %(used)s, so that it stays visible on the page."
            ),
        }
        return words[self.role, lighter] % {"chosen": self.chosen, "used": self.used}


@dataclass(frozen=True)
class Palette:
    """Design tokens (CSS custom property name without dashes to hex) for both modes, and what had to change."""

    light: Tokens
    dark: Tokens
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Stylesheet:
    """The palette as CSS, and the hash of its content that names it in its address."""

    css: str
    hash: str


@lru_cache(maxsize=64)
def palette(brand: str = DEFAULT_BRAND, accent: str = DEFAULT_ACCENT) -> Palette:
    """Derives the palette from two hex colours like "#0d5c55".

    Raises ValueError when a colour is not six hex digits after a hash sign.
    """
    for colour in (brand, accent):
        if not HEX_COLOUR.fullmatch(colour):
            raise ValueError(_("Write the color as a hash sign and six digits, like #0d5c55. Got: %s") % colour)
    brand, accent = brand.lower(), accent.lower()
    light, dark = _light(brand, accent), _dark(brand, accent)
    chosen: dict[Role, str] = {"brand": brand, "accent": accent}
    changes = tuple(Change(role, colour, light[role]) for role, colour in chosen.items() if light[role] != colour)
    return Palette(light, dark, changes)


@lru_cache(maxsize=64)
def stylesheet(brand: str = DEFAULT_BRAND, accent: str = DEFAULT_ACCENT, system_fonts: bool = False) -> Stylesheet:
    """Returns the clinic's stylesheet. It speaks inside site.css's own layers, so print and contrast choices still win.

    `system_fonts` uses the reader's own fonts and saves a visitor 44 kB. Raises ValueError as `palette` does.
    """
    colours = palette(brand, accent)
    light = colours.light | (SYSTEM_FONTS if system_fonts else {})
    css = (
        f"@layer tokens{{:root{{{_declare(light)}}}}}"
        f"@layer prefs{{@media screen and (prefers-color-scheme:dark){{:root{{{_declare(colours.dark)}}}}}}}"
    )
    return Stylesheet(css, hashlib.sha256(css.encode()).hexdigest()[:12])


def contrast(one: str, other: str) -> float:
    """Returns the WCAG 2 contrast ratio of two hex colours, 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _declare(tokens: Tokens) -> str:
    return "".join(f"--{name}:{value};" for name, value in tokens.items())


@lru_cache(maxsize=4096)
def _luminance(colour: str) -> float:
    return float(Color(colour).luminance(white=None))


def _parts(colour: str) -> tuple[float, float, float]:
    """Returns lightness 0 to 1, chroma and hue in degrees; a grey has hue 0."""
    lightness, chroma, hue = Color(colour).convert("oklch").coords(nans=False)
    return float(lightness), float(chroma), float(hue)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """Returns the nearest sRGB colour, giving up chroma rather than lightness."""
    wanted = Color("oklch", [lightness, chroma, hue])
    fitted: str = wanted.fit("srgb", method="oklch-chroma").convert("srgb").to_string(hex=True, fit="clip")
    return fitted if len(fitted) == 7 else "#" + "".join(digit * 2 for digit in fitted[1:])


def _until(lightness: float, chroma: float, hue: float, step: float, holds: Check) -> str:
    """Moves lightness by `step` until `holds`; falls back to black or white at the end of the road."""
    lightness = min(max(lightness, 0.001), 0.999)
    while 0 < lightness < 1:
        colour = _hex(lightness, chroma, hue)
        if holds(colour):
            return colour
        lightness += step
    return "#000000" if step < 0 else "#ffffff"


def _keep(colour: str, step: float, holds: Check) -> str:
    """Returns the clinic's colour exactly as chosen when it holds, else the nearest that does."""
    return colour if holds(colour) else _until(*_parts(colour), step, holds)


def _against(surfaces: Sequence[str], ratio: float) -> Check:
    return lambda colour: all(contrast(colour, surface) >= ratio for surface in surfaces)


def _light(brand: str, accent: str) -> Tokens:
    _lightness, chroma, hue = _parts(brand)
    accent_lightness, accent_chroma, accent_hue = _parts(accent)
    grey = min(1.0, chroma / 0.07)  # a grey brand gets grey neutrals

    def neutral(at: float, colourful: float) -> str:
        return _hex(at, colourful * grey, hue)

    t: Tokens = {
        "paper": neutral(0.993, 0.002),
        "raised": "#ffffff",
        "sunk": neutral(0.969, 0.005),
        "brand-tint": neutral(0.945, 0.018),
        "line": neutral(0.902, 0.012),
        "sky-1": neutral(0.930, 0.018),
        "accent-tint": _hex(0.962, min(accent_chroma, 0.018), accent_hue),
        "sky-2": _hex(0.965, min(accent_chroma, 0.019), accent_hue),
    }
    surfaces = [t[name] for name in ("brand-tint", "sky-1", "accent-tint", "sunk", "paper", "sky-2")]
    t["ink"] = _until(0.30, 0.036 * grey, hue, -0.01, _against(surfaces, 10))
    t["soft"] = _until(0.46, 0.030 * grey, hue, -0.01, _against(surfaces, 6.2))
    t["edge"] = _until(0.62, 0.025 * grey, hue, -0.01, _against(surfaces, 3.4))
    readable = _against(surfaces, 4.6)
    t["brand"] = _keep(brand, -0.005, lambda c: readable(c) and contrast(c, "#ffffff") >= 5.5)
    t["on-brand"] = "#ffffff"
    t["brand-strong"] = _hex(max(_parts(t["brand"])[0] - 0.10, 0.0), chroma, hue)
    t["night"] = neutral(0.285, 0.042)
    t["on-night"] = neutral(0.975, 0.006)
    t["soft-night"] = _until(0.80, 0.022 * grey, hue, 0.01, _against([t["night"]], 7))
    t["accent"] = _keep(accent, 0.005, _against([t["night"]], 4.6))
    t["accent-ink"] = _until(
        min(0.55, accent_lightness + 0.2), min(accent_chroma, 0.11), accent_hue, -0.005, _against(surfaces, 6.5)
    )
    return t


def _dark(brand: str, accent: str) -> Tokens:
    _lightness, chroma, hue = _parts(brand)
    _accent_lightness, accent_chroma, accent_hue = _parts(accent)
    grey = min(1.0, chroma / 0.07)

    def neutral(at: float, colourful: float) -> str:
        return _hex(at, colourful * grey, hue)

    d: Tokens = {
        "paper": neutral(0.207, 0.017),
        "raised": neutral(0.245, 0.022),
        "sunk": neutral(0.226, 0.020),
        "brand-tint": neutral(0.298, 0.035),
        "line": neutral(0.348, 0.024),
        "sky-1": neutral(0.232, 0.026),
        "sky-2": _hex(0.252, min(accent_chroma, 0.016), accent_hue),
        "accent-tint": _hex(0.255, min(accent_chroma, 0.018), accent_hue),
        "night": neutral(0.172, 0.016),
    }
    surfaces = [d[name] for name in ("raised", "brand-tint", "accent-tint", "sky-2", "paper", "sunk")]
    d["ink"] = _until(0.95, 0.008 * grey, hue, 0.01, _against(surfaces, 10))
    d["soft"] = _until(0.74, 0.02 * grey, hue, 0.01, _against(surfaces, 6))
    d["edge"] = _until(0.58, 0.02 * grey, hue, 0.01, _against(surfaces, 3.4))
    d["on-brand"] = neutral(0.22, 0.03)
    on_brand = d["on-brand"]
    d["brand"] = _until(
        0.80, min(chroma, 0.10), hue, 0.01, lambda c: _against(surfaces, 6)(c) and contrast(c, on_brand) >= 5.5
    )
    d["brand-strong"] = _until(0.87, min(chroma, 0.08), hue, 0.01, _against(surfaces, 7))
    d["accent"] = _until(0.72, min(accent_chroma, 0.13), accent_hue, 0.01, _against(surfaces, 4.5))
    d["accent-ink"] = _until(0.86, min(accent_chroma, 0.08), accent_hue, 0.01, _against(surfaces, 7))
    d["focus"] = d["accent-ink"]
    d["on-night"] = neutral(0.975, 0.006)
    d["soft-night"] = _until(0.80, 0.022 * grey, hue, 0.01, _against([d["night"]], 7))
    return d
