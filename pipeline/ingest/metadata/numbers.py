"""The number of an official document, and whose it is."""

import re

from pipeline.ingest.gazetteer import Gazetteer, Place, issuer_at
from pipeline.ingest.metadata.issuers import full_name
from pipeline.ingest.metadata.lines import DOC_NUMBER, ORDER, Line, is_running_text

_OFFICE = re.compile(r"(?:(?:人民)?[政府]办|办|(?:人民)?[政府])[室厅]?[发字函规令明电传]{0,3}")


def doc_number(head: list[Line]) -> str:
    """The document's own number, which has a line to itself near the top; numbers of other documents stand in sentences."""
    for at, line in enumerate(head[:25]):
        text = re.sub(r"^\s*(?:发文字号|文\s?号|字\s?号)\s?[:：]?\s*", "", line.text)
        if len(text) > 150 or line.kind == "reference" or is_running_text(text):
            continue
        if found := _own_number(text):
            return found
        after = head[at + 1].text if at + 1 < len(head) else ""
        joined = f"{text}{after}"
        if re.fullmatch(r".{2,40}(?:令|公告|通告)", text) and (order := ORDER.fullmatch(joined)):
            return _order(order)
        if (order := ORDER.fullmatch(text)) and "》" not in text:
            return _order(order)
    return ""


def _own_number(text: str) -> str:
    """A number that is a line, stands in brackets below the title, or ends a line after a gap or the word 文件."""
    bare = re.sub(r"^[（(](.+)[）)]$", r"\1", text.strip())
    bare = re.sub(r"\s*(?:签发人|印发).{0,20}$", "", bare)
    if found := DOC_NUMBER.fullmatch(bare):
        return number_as_written(found)
    if found := re.search(r"(?:\s|文件|[（(]|[》通知意见])(?=[\u4e00-\u9fff]{1,16}[〔﹝\[［【])([^\s（(]{6,40})$", bare):
        inner = DOC_NUMBER.fullmatch(found[1].rstrip("）)"))
        return number_as_written(inner) if inner and not re.search("根据|按照|依据|《", bare) else ""
    return ""


def _order(found: re.Match[str]) -> str:
    return re.sub(r"\s", "", f"{found['body']}{found['number']}")


def number_as_written(found: re.Match[str]) -> str:
    """A document number with brackets as 〔〕 and no spaces."""
    return re.sub(r"\s", "", f"{found['prefix']}〔{found['year']}〕{found['number']}号")


def number_from_cell(cell: str) -> str:
    """The document number a cell gives, in one form; "" if the cell holds none."""
    cell = re.sub(r"^\s*(?:发文字号|文\s?号|字\s?号)\s?[:：]?\s*", "", cell.strip()[:120])
    if found := DOC_NUMBER.search(cell):
        return number_as_written(found)
    plain = re.sub(r"\s", "", cell)
    return plain if 3 <= len(plain) <= 40 and re.search(r"\d.{0,3}[号號]", plain) else ""


def number_issuers(number: str, gazetteer: Gazetteer) -> list[str]:
    """The body a document number stands for: a listed short form it begins with, or the government of a place."""
    prefix = _prefix(number)
    if listed := issuer_at(prefix, gazetteer):
        return [listed[0].name]
    place, rest = _abbreviated(prefix, gazetteer)
    if place is None or not _OFFICE.fullmatch(rest):
        return []
    room = "" if "办" not in rest else "办公厅" if place.level == "province" else "办公室"
    return [full_name(f"{place.name}政府{room}", gazetteer)]


def number_place(number: str, gazetteer: Gazetteer) -> tuple[str, str | None] | None:
    """Level and region of the province a document number begins with: 鲁教发〔2020〕3号."""
    place, _ = _abbreviated(_prefix(number), gazetteer)
    return (place.level, place.name) if place and place.level == "province" else None


def _prefix(number: str) -> str:
    found = DOC_NUMBER.fullmatch(number)
    return found["prefix"] if found else ""


def _abbreviated(prefix: str, gazetteer: Gazetteer) -> tuple[Place | None, str]:
    """The place whose abbreviation a prefix begins with, and the rest of it."""
    for length in (3, 2, 1):
        if place := gazetteer.abbrs.get(prefix[:length]):
            return place, prefix[length:]
    return None, prefix
