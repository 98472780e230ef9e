"""The picture that stands for a page where it is shared: its title and its tree, drawn once and kept."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFont

from pages.branch import branch
from pages.theme import palette

WIDTH, HEIGHT = 1200, 630
FINER = 3  # the tree is drawn this much larger and made smaller, so that its twigs are smooth
FONT = Path(__file__).parent / "static/pages/fonts/newsreader-latin-500-normal.woff2"
LIMB = re.compile(r'<path stroke-width="([\d.]+)" d="([^"]+)"/>')
CURVE = re.compile(r"M(-?\d+) (-?\d+)q(-?\d+) ?(-?\d+) ?(-?\d+) ?(-?\d+)")
BUD = re.compile(r'b-bud(\d)" d="([^"]*)"')
POINT = re.compile(r"M(-?\d+) (-?\d+)h0")


@lru_cache(maxsize=64)
def picture(seed: int, title: str, clinic: str, brand: str, accent: str) -> bytes:
    """Returns a PNG of 1200 by 630 pixels: title, clinic and the page's tree, in the clinic's colours."""
    colours = palette(brand, accent).light
    large = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), colours["sky-1"])
    _draw_tree(ImageDraw.Draw(large, "RGBA"), seed, colours)
    canvas = large.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    pen = ImageDraw.Draw(canvas)
    size, lines = _fitted(pen, title)
    top = (HEIGHT - 90 - len(lines) * size * 1.12) / 2
    for number, line in enumerate(lines):
        pen.text((72, top + number * size * 1.12), line, font=_font(size), fill=colours["ink"])
    pen.text((72, HEIGHT - 96), clinic, font=_font(34), fill=colours["brand"])
    pen.rectangle((0, HEIGHT - 12, WIDTH, HEIGHT), fill=colours["brand"])
    file = io.BytesIO()
    canvas.quantize(192).save(file, "PNG", optimize=True)
    return file.getvalue()


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


def _fitted(pen: ImageDraw.ImageDraw, title: str) -> tuple[int, list[str]]:
    """The largest size at which the title stands in four lines beside the tree."""
    for size in (84, 72, 62, 52, 44):
        lines = _wrapped(pen, title, size)
        if len(lines) <= 4:
            return size, lines
    return size, [*lines[:3], lines[3] + " …"]


def _wrapped(pen: ImageDraw.ImageDraw, title: str, size: int) -> list[str]:
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and pen.textlength(longer, font=_font(size)) > 620:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _draw_tree(pen: ImageDraw.ImageDraw, seed: int, colours: dict[str, str]) -> None:
    drawing = branch(seed)
    scale, left, top = 0.98 * FINER, 650 * FINER, (HEIGHT - 12 - 566 * 0.98) * FINER

    def place(x: float, y: float) -> tuple[float, float]:
        return left + x * scale, top + y * scale

    sun = place(560 * 0.47, 560 * 0.45)
    radius = 560 * 0.36 * scale
    circle = (sun[0] - radius, sun[1] - radius, sun[0] + radius, sun[1] + radius)
    pen.ellipse(circle, fill=(*ImageColor.getrgb(colours["accent"])[:3], 128))
    for width, data in LIMB.findall(drawing):
        for numbers in CURVE.findall(data):
            x, y, middle_x, middle_y, end_x, end_y = map(float, numbers)
            steps = [step / 8 for step in range(9)]
            curve = [
                place(x + 2 * (1 - t) * t * middle_x + t * t * end_x, y + 2 * (1 - t) * t * middle_y + t * t * end_y)
                for t in steps
            ]
            pen.line(curve, fill=colours["ink"], width=max(1, round(float(width) * scale)), joint="curve")
    for kind, data in BUD.findall(drawing):
        for x, y in POINT.findall(data):
            at = place(float(x), float(y))
            bud = (at[0] - 4 * FINER, at[1] - 4 * FINER, at[0] + 4 * FINER, at[1] + 4 * FINER)
            pen.ellipse(bud, fill=colours["brand" if kind == "0" else "accent-ink"])
