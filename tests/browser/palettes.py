"""Palettes put on a page as it stands, and the places on it where a palette can go wrong.

What is readable in one palette says nothing about another. But text whose colour, size and grounds come from the same
tokens is readable together or not at all, so each such combination needs to be looked at once, wherever it stands.
"""

from __future__ import annotations

from playwright.sync_api import Page

from pages.theme import palette

#: Each token a colour that nothing else has, so that a computed colour tells which token it came from.
_MARKED = "".join(f"--{token}:rgb({number} 1 {number});" for number, token in enumerate(palette().dark, start=10))
MARKERS = f"@layer prefs{{@media screen{{:root{{{_MARKED}}}}}}}"

_PAINT = """css => {
    window.painted ??= document.adoptedStyleSheets[document.adoptedStyleSheets.push(new CSSStyleSheet()) - 1];
    window.painted.replaceSync(css);
}"""
_TEXTS = """() => {
    const found = {};
    const holdsText = element => element.matches('input, select, textarea') ||
        [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    for (const element of document.querySelectorAll('body, body *')) {
        if (!holdsText(element) || !element.checkVisibility({visibilityProperty: true})) continue;
        const style = getComputedStyle(element);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        const look = [element.localName, style.color, large, style.textDecorationLine];
        if (element.localName === 'a') look.push(getComputedStyle(element.parentElement).color);
        for (let ground = element; ground; ground = ground.parentElement) {
            const {backgroundColor, backgroundImage, opacity} = getComputedStyle(ground);
            if (backgroundColor !== 'rgba(0, 0, 0, 0)') look.push(backgroundColor);
            if (backgroundImage !== 'none') look.push(backgroundImage);
            if (opacity !== '1') look.push(opacity);
        }
        found[look.join(' ')] ??= element;
    }
    window.looks = found;
    return Object.keys(found);
}"""
_MARK = """looks => {
    document.querySelectorAll('[data-look]').forEach(element => element.removeAttribute('data-look'));
    looks.forEach(look => window.looks[look].setAttribute('data-look', ''));
}"""
#: What `mark_unseen` marked.
UNSEEN = "[data-look]"

_FILLED = """() => {
    const fill = element => {
        const {backgroundColor: colour, backgroundImage: image} = getComputedStyle(element);
        return colour === 'rgba(0, 0, 0, 0)' && image === 'none' ? '' : colour + image;
    };
    for (const element of document.querySelectorAll('body *')) {
        if (!element.checkVisibility() || !fill(element)) continue;
        let ground = element.parentElement;
        while (ground && !fill(ground)) ground = ground.parentElement;
        if (!ground || fill(ground) !== fill(element)) element.setAttribute('data-filled', '');
    }
}"""
_BORDERLESS = """spared => [...document.querySelectorAll('[data-filled]')].filter(element => {
    const style = getComputedStyle(element);
    return !element.matches(spared) && !['Top', 'Right', 'Bottom', 'Left'].some(side =>
        style[`border${side}Style`] !== 'none' && parseFloat(style[`border${side}Width`]) > 0);
}).map(element => element.cloneNode().outerHTML)"""
#: Focus draws the skip link's outline, the browser marks words itself, and the keys of a chart keep their colours.
_SPARED = ".skip, mark, .key, rect"


def paint(page: Page, css: str) -> None:
    """Lets the page wear another palette; it speaks inside site.css's own layers, as the clinic's does."""
    page.evaluate(_PAINT, css)


def mark_unseen(page: Page, seen: set[str]) -> bool:
    """Marks one text (UNSEEN) for each combination of text and ground that is not among ``seen``, and adds those.

    False when the page as it stands shows nothing new.
    """
    paint(page, MARKERS)
    new = set(page.evaluate(_TEXTS)) - seen
    page.evaluate(_MARK, sorted(new))
    seen |= new
    return bool(new)


def borderless(page: Page) -> list[str]:
    """What stands out by its ground alone and has no border either where the reader's system forces its own colours."""
    page.evaluate(_FILLED)
    page.emulate_media(forced_colors="active")
    found: list[str] = page.evaluate(_BORDERLESS, _SPARED)
    page.emulate_media(forced_colors="none")
    return found
