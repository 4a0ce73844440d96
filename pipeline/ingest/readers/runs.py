"""The words of a Word paragraph: runs with links and insertions; fields, text boxes and marks of notes are told apart."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.ingest.clean import clean
from pipeline.ingest.readers.package import attribute, child, local, switched_on, value

_LEFT_OUT = frozenset(("del", "moveFrom", "pPr", "rPr", "rt", "rubyPr", "sdtPr", "sdtEndPr", "comment", "delText"))
_GENERATED = frozenset(("TOC", "PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "INDEX", "TOA", "RD"))
_CONTENTS = frozenset(("TOC", "INDEX", "TOA"))
_CITATION = re.compile(r"[\[［〔(（]?\d+(?:\s*[-–—,，、~]\s*\d+)*[\]］〕)）]?")
_CIRCLED = re.compile(r"\s*EQ\s*\\o\s*(?:\\a[clr])?\s*\(\s*[○◯]\s*[,，;]\s*(\S{1,2}?)\s*\)", re.IGNORECASE)  # ① as Word makes it


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    in_result: bool = False


@dataclass(slots=True)
class Fields:
    """The fields that are open where reading has come to, the innermost last."""

    open: list[_Field] = field(default_factory=list)
    ignored: bool = False  # their results are read as text, whatever they are

    def hide(self) -> bool:
        """Whether what stands here is no text: an instruction, or a result that Word generates."""
        return not self.ignored and any(not one.in_result or _command(one) in _GENERATED for one in self.open)

    def list_contents(self) -> bool:
        """Whether what stands here belongs to a table of contents or an index."""
        return not self.ignored and any(_command(one) in _CONTENTS for one in self.open)


@dataclass(slots=True)
class Line:
    """What a paragraph says, soft breaks as line breaks, and its text boxes: elements that hold them or name a diagram, or the words of WordArt."""

    text: str = ""
    before: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)
    in_contents: bool = False


def read_line(paragraph: Any, fields: Fields, is_hidden: Callable[[Any | None], bool]) -> Line:
    """The words of a paragraph.

    Args:
        fields: those open at its beginning; those open at its end stay in it.
        is_hidden: whether a run with such properties is hidden text.
    """
    line, parts = Line(in_contents=fields.list_contents()), list[str]()
    for run in _runs(paragraph, fields):
        if local(run) != "r":  # a drawing outside of a run
            (line.after if "".join(parts).strip() else line.before).extend(boxes(run))
            continue
        hidden = is_hidden(child(run, "rPr"))
        words = "".join(_words(run, fields, hidden))
        line.in_contents = line.in_contents or fields.list_contents()
        if not hidden:
            (line.after if "".join(parts).strip() else line.before).extend(boxes(run))
        if not (value(run, "rPr", "vertAlign") == "superscript" and _CITATION.fullmatch(words.strip())):
            parts.append(words)
    line.text = clean("".join(parts))
    return line


def _runs(element: Any, fields: Fields) -> Iterator[Any]:
    """The runs of a paragraph in order; while those of a simple field are given, it is open."""
    for inner in element:
        name = local(inner)
        if name == "r":
            yield inner
            if (ruby := child(inner, "ruby")) is not None:  # the words below the small reading aid
                yield from _runs(ruby, fields)
        elif name == "fldSimple":
            fields.open.append(_Field(attribute(inner, "instr") or "", in_result=True))
            yield from _runs(inner, fields)
            fields.open.pop()
        elif name == "AlternateContent":
            branch = child(inner, "Choice")
            yield from _runs(branch if branch is not None else (), fields)
        elif name in ("drawing", "pict"):
            yield inner
        elif name not in _LEFT_OUT and not (name == "sdt" and is_placeholder(inner)):
            yield from _runs(inner, fields)


def is_placeholder(control: Any) -> bool:
    """Whether a content control shows only what Word asks to be filled in: 单击此处输入文字."""
    return switched_on(control, "sdtPr", "showingPlcHdr") is True


def _words(run: Any, fields: Fields, hidden: bool) -> Iterator[str]:
    """The text of a run, its marks of fields followed."""
    for element in run:
        name = local(element)
        if name == "fldChar":
            yield _follow(attribute(element, "fldCharType"), fields)
        elif name == "instrText" and fields.open:
            fields.open[-1].instruction += element.text or ""
        elif name in ("footnoteReference", "endnoteReference"):
            if attribute(element, "customMarkFollows") in ("1", "true", "on"):
                return
        elif not hidden and not fields.hide():
            yield _TEXT.get(name, lambda element: "")(element)


def _follow(mark: str | None, fields: Fields) -> str:
    """Open, turn or close a field. Returns what a field without a result shows."""
    if mark == "begin":
        fields.open.append(_Field())
    elif mark == "separate" and fields.open:
        fields.open[-1].in_result = True
    elif mark == "end" and fields.open:
        circled = _CIRCLED.match(fields.open.pop().instruction)
        if circled and not fields.hide():
            number = circled[1]
            known = number.isascii() and number.isdigit() and 0 < int(number) <= 20
            return chr(ord("①") + int(number) - 1) if known else f"({number})"
    return ""


def _command(one: _Field) -> str:
    return next(iter(one.instruction.split()), "").upper()


def _symbol(element: Any) -> str:
    code = attribute(element, "char") or ""
    return chr(int(code, 16)) if re.fullmatch("[0-9A-Fa-f]{2,4}", code) else ""


_TEXT: dict[str, Callable[[Any], str]] = {
    "t": lambda element: element.text or "",
    "tab": lambda element: "\t",
    "ptab": lambda element: "\t",
    "br": lambda element: "\n",
    "cr": lambda element: "\n",
    "noBreakHyphen": lambda element: "-",
    "sym": _symbol,
}


def boxes(element: Any) -> Iterator[Any]:
    """The text boxes and diagrams in a run or drawing, each once: newer drawings stand beside a fallback for older programs."""
    for inner in element:
        name = local(inner)
        if name in ("txbxContent", "relIds"):
            yield inner
        elif name == "textpath":
            yield attribute(inner, "string") or ""
        elif name == "AlternateContent":
            found = [box for branch in inner if local(branch) == "Choice" for box in boxes(branch)]
            yield from found or [box for branch in inner if local(branch) == "Fallback" for box in boxes(branch)]
        else:
            yield from boxes(inner)
