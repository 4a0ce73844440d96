"""OFD, the Chinese format for fixed pages (GB/T 33190): characters with their places, laid out as those of a PDF are."""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pipeline.config import IngestSettings
from pipeline.ingest.clean import clean, one_line
from pipeline.ingest.parsed import Parsed, SetAside
from pipeline.ingest.readers.columns import Line
from pipeline.ingest.readers.package import Package, attribute, child, local, open_package, tree
from pipeline.ingest.readers.paragraphs import pieces_of

_AGAIN = "open it in an OFD viewer and save it as PDF"
_POINTS = 72 / 25.4  # in a millimetre
_HEIGHT = 297.0  # of a page that does not say
_ASCENT, _DESCENT = 0.86, 0.14  # of a character above and below its base line
_MOST = 20_000  # characters of one object; more of them are not on a page
_APART = 1.2  # gaps wider than so many sizes divide a line
Matrix = tuple[float, float, float, float, float, float]
Spot = tuple[str, float, float]  # a character, from the left and from the top of the page


@dataclass(frozen=True, slots=True)
class _Page:
    """Where the content of a page is."""

    name: str
    templates: dict[str | None, str]  # those of its document: id → name
    height: float  # millimetres


def read(data: bytes, settings: IngestSettings, tick: Callable[[], bool] = lambda: True) -> Parsed:
    """An OFD file with text. Raises SetAside: damaged, hostile, encrypted, or pictures only."""
    package = open_package(data, "ofd", again=_AGAIN)
    if any(name.endswith("encryptions.xml") for name in package.parts):
        raise SetAside("encrypted", "needs a password to open; save it without one")
    root = tree(package, "OFD.xml")
    if root is None:
        raise SetAside("corrupt", "a damaged ofd file (no OFD.xml); get it again from where it came")
    whole = [page for body in root if local(body) == "DocBody" for page in _pages(package, body)]
    pages: list[list[Line]] = []
    slanted: list[str] = []  # stamps and watermarks
    damaged = 0
    for page in islice(whole, settings.max_pages):
        if not tick():
            break
        content = tree(package, page.name)
        damaged += content is None
        lines = list(_drawn(package, page, content)) if content is not None else []
        pages.append([line for line, level in lines if level])
        slanted += [line.text for line, level in lines if not level]
    if not re.search(r"[^\W\d_]", "".join(line.text for lines in pages for line in lines)):
        advice = "save it as PDF and make a text layer with OCR (ocrmypdf -l chi_sim)"
        raise SetAside("empty", f"no text on its {len(whole)} pages, only pictures; {advice}")
    pieces, notes = pieces_of(pages)
    reason = _what_is_missing(len(whole), len(pages), damaged)
    notes += dict.fromkeys(map(one_line, slanted))
    facts = {"pdf title": title} if (title := _title(root)) else {}
    return Parsed("ofd", pieces, notes, facts, n_pages=len(whole), status="partial" if reason else "ok", reason=reason)


def _what_is_missing(n_pages: int, n_read: int, damaged: int) -> str:
    reasons = []
    if n_read < n_pages:
        reasons.append(f"{n_pages - n_read} of {n_pages} pages not read; raise ingest.max_pages or ingest.seconds_per_file")
    if damaged:
        reasons.append(f"{damaged} of {n_pages} pages are damaged and left out; get the file again")
    return "; ".join(reasons)


def _title(root: Any) -> str:
    """The title that the file gives itself."""
    found = next((child(body, "DocInfo", "Title") for body in root if local(body) == "DocBody"), None)
    return one_line(found.text or "") if found is not None else ""


def _pages(package: Package, body: Any) -> Iterator[_Page]:
    """The pages of a document in the file."""
    place = child(body, "DocRoot")
    name = (place.text or "").strip() if place is not None else ""
    document = tree(package, name)
    if document is None:
        raise SetAside("corrupt", "a damaged ofd file (no document part); get it again from where it came")
    folder = posixpath.dirname(name)
    common = child(document, "CommonData")
    height = _height(child(common, "PageArea")) or _HEIGHT
    templates = {
        attribute(part, "ID"): _join(folder, attribute(part, "BaseLoc"))
        for part in (common if common is not None else ())
        if local(part) == "TemplatePage"
    }
    pages = child(document, "Pages")
    for page in pages if pages is not None else ():
        yield _Page(_join(folder, attribute(page, "BaseLoc")), templates, height)


def _drawn(package: Package, page: _Page, content: Any) -> Iterator[tuple[Line, bool]]:
    """The lines drawn on a page, those of its templates first, and whether each is level."""
    height = _height(child(content, "Area")) or page.height
    for part in content:
        name = page.templates.get(attribute(part, "TemplateID")) if local(part) == "Template" else None
        if name and (template := tree(package, name)) is not None:
            yield from _lines(template, height)
    yield from _lines(content, height)


def _join(folder: str, place: str | None) -> str:
    """A place in the package: from its root if it begins with a slash."""
    return posixpath.join("/", folder, (place or "").strip())


def _height(area: Any | None) -> float | None:
    box = child(area, "PhysicalBox") if area is not None else None
    numbers = _numbers(box.text if box is not None else None)
    return numbers[3] if len(numbers) == 4 and 0 < numbers[3] < 1e5 else None


def _lines(root: Any, height: float) -> Iterator[tuple[Line, bool]]:
    """The lines of a part, and whether each is level."""
    for element in root.iter("{*}TextObject"):
        if attribute(element, "Visible") == "false":
            continue
        box = _numbers(attribute(element, "Boundary"))
        left, top = (box[0], box[1]) if len(box) == 4 else (0.0, 0.0)
        given = _numbers(attribute(element, "CTM"))
        a, b, c, d, e, f = given if len(given) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        own = next(iter(_numbers(attribute(element, "Size"))), 0.0)
        size, width = own * max(abs(d), abs(c)), own * max(abs(a), abs(b))
        if not 0 < size < 1e4:
            continue
        for line in _cut(list(_spots(element)), own):
            spots = [(letter, left + a * x + c * y + e, top + b * x + d * y + f) for letter, x, y in line]
            yield _line(spots, size, width, height), abs(b) <= 0.1 * abs(a)


def _spots(element: Any) -> Iterator[Spot]:
    """The characters of a text object at their places within it."""
    x = y = 0.0
    for code in element:
        if local(code) != "TextCode":
            continue
        x = next(iter(_numbers(attribute(code, "X"))), x)
        y = next(iter(_numbers(attribute(code, "Y"))), y)
        text = (code.text or "").strip("\r\n")[:_MOST]
        steps_x, steps_y = _steps(attribute(code, "DeltaX"), len(text)), _steps(attribute(code, "DeltaY"), len(text))
        at_x, at_y = x, y
        for number, letter in enumerate(text):
            yield letter, at_x, at_y
            at_x += steps_x[number] if number < len(steps_x) else 0.0
            at_y += steps_y[number] if number < len(steps_y) else 0.0


def _steps(text: str | None, most: int) -> list[float]:
    """The steps from character to character; `g 3 5.2` stands for three of 5.2."""
    found: list[float] = []
    words = iter((text or "").split())
    for word in words:
        if word == "g":
            times, step = next(words, "0"), _number(next(words, "0"))
            found += [step] * min(int(times) if times.isascii() and times.isdigit() else 0, most)
        else:
            found.append(_number(word))
        if len(found) >= most:
            break
    return found


def _cut(spots: list[Spot], size: float) -> Iterator[list[Spot]]:
    """Characters as lines: cut where the next one stands neither beside nor, in vertical writing, right below the one before."""
    line: list[Spot] = []
    for spot in spots:
        right, down = (spot[1] - line[-1][1], spot[2] - line[-1][2]) if line else (0.0, 0.0)
        beside = abs(down) < 0.5 * size and -size < right < (1 + _APART) * size
        below = abs(right) < 0.1 * size and 0 < down < (1 + _APART) * size
        if line and not beside and not below:
            yield line
            line = []
        line.append(spot)
    if line:
        yield line


def _line(spots: list[Spot], size: float, width: float, height: float) -> Line:
    """A line in points from the lower left corner of the page."""
    text = clean("".join(letter for letter, _, _ in spots))
    left, right = spots[0][1], spots[-1][1] + (width if ord(spots[-1][0]) > 0xFF else 0.5 * width)
    base = height - spots[0][2]
    low, high = (base - _DESCENT * size) * _POINTS, (base + _ASCENT * size) * _POINTS
    return Line(text, left * _POINTS, right * _POINTS, low, high, size * _POINTS)


def _numbers(text: str | None) -> list[float]:
    return [_number(word) for word in (text or "").split()[:8]]


def _number(word: str) -> float:
    """A number of sensible size; 0 for anything else."""
    return float(word) if re.fullmatch(r"[-+]?\d{0,9}(?:\.\d{0,12})?", word, re.ASCII) and re.search(r"\d", word) else 0.0
