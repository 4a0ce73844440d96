"""The items of a list in a bibliographic record: names, keywords, affiliations, grants."""

import re
from collections.abc import Callable, Sequence

from pipeline.ingest.clean import HAN, glue, one_line

LISTS = ("authors", "keywords", "affiliations", "funds")
_NAME = re.compile(rf"[{HAN}·•]{{2,8}}")
_WORD = {"authors": re.compile(rf"[{HAN}]{{2,4}}"), "keywords": re.compile(rf"[{HAN}]{{2,8}}")}  # between blanks
_BODY = re.compile(rf"[{HAN}（）()·—-]{{3,40}}[学院系所室心馆司局部校会社站队库厂委处台]")
_OFFICE = re.compile(r"(?:本报|本刊|本台|新华社|特约|见习|实习){0,3}(?:记者|通讯员)\s?")
_NO_NAMES = ("等", "et al", "et al.", "others", "null", "none", "佚名")
# an English keyword of several words behind its Chinese one; 基于 deep learning 的 … and Word2Vec 模型 are not meant
_TRANSLATED = re.compile(rf"([{HAN}]{{2,20}})\s?[（(]?\s?([A-Za-z][A-Za-z-]+(?: [A-Za-z-]+){{1,5}})[）)]?")
_ADDRESS = re.compile(
    rf"(?<=[{HAN}])[!！][^;；,，!！]{{0,60}}|[ ,，](?:[{HAN}]{{2,12}}[:： ]{{0,2}}){{0,3}}\d{{6}}(?!\d)"
    rf"|[ ,，、][{HAN}]{{0,4}}(?:教授|博导|博士生?|硕士生?|研究生|研究员|主任|讲师|[校院所]长)(?=$|[ ,，、;；])"
)
_EMPLOYED = re.compile(rf"[^ ]{{2,30}}(?:大学|学院|中心|教授|研究|[馆所院系社报])[^ ]{{0,6}} ([{HAN}·]{{2,4}})")
Mended = dict[str, None]  # phrases, in order


def items(column: str, values: Sequence[str], divider: str | None, mended: Mended) -> list[str]:
    """The items of a list, each once.

    Args:
        values: of a tag that may be repeated, as they stand.
        divider: what stands between items; None: ; and where there is none line breaks, or commas when all parts look like items.
        mended: phrases are added.
    """
    if column == "affiliations":
        values = [_without_names(value, mended) for value in values]
    parts = [part for value in values for part in _divided(column, value, divider, mended)]
    if len(parts) == 1 and not divider:
        parts = _by_commas(column, parts[0], mended)
    parts = [item for part in parts for item in _ITEM[column](part, mended)]
    if len(once := list(dict.fromkeys(filter(None, parts)))) < len(parts):
        mended["repetitions left out"] = None
    return once


def _divided(column: str, value: str, divider: str | None, mended: Mended) -> list[str]:
    """The parts of one value, without those that are empty."""
    if divider:
        return [plain for part in value.replace("\n", " ").split(divider) if (plain := one_line(part))]
    if "；" in value:
        value = value.replace("；", ";")
        mended["full-width semicolons"] = None
    if "\n" in value and (";" in value or column == "affiliations"):
        value = joined(list(map(str.strip, value.split("\n"))))
        mended["broken lines joined"] = None
    parts = [one_line(part) for part in (value.split(";") if ";" in value else value.split("\n"))]
    if len(parts) > 1 and ";" in value:
        if not parts[-1]:
            mended["semicolon at the end"] = None
        if not all(parts[:-1]):
            mended["doubled semicolons"] = None
    return list(filter(None, parts))


def joined(lines: Sequence[str]) -> str:
    """Lines of a broken value as one, in linear time."""
    found = [*lines[:1]]
    for line in lines[1:]:
        end = found[-1][-2:]
        found[-1] = found[-1][: len(found[-1]) - len(end)]
        found.append(glue(end, line))
    return "".join(found)


def _by_commas(column: str, text: str, mended: Mended) -> list[str]:
    """What is divided by commas or spaces only: 张三,李四 and 张三 李四, but Smith, John is one name."""
    parts = list(filter(None, map(str.strip, re.split("[,，、]", text))))
    whole = {"authors": _NAME, "affiliations": _BODY}.get(column)
    if len(parts) == 1:
        parts, whole = text.split(" "), _WORD.get(column, _BODY)
    if len(parts) < 2 or column == "funds" or (whole and not all(map(whole.fullmatch, parts))):
        return [text]
    mended["divided at commas or spaces"] = None
    return parts


def _without_names(value: str, mended: Mended) -> str:
    """Affiliations without the names in brackets before them, [某甲]某校, and without what stands behind an exclamation mark."""
    if value.lstrip().startswith("["):
        parts = (part.strip(" ;；/") for part in re.sub(r"\[[^\[\]]*\]", "\n", value).split("\n"))
        return ";".join(filter(None, parts))
    if re.search(f"[{HAN}]", value) and _ADDRESS.search(value):
        mended["addresses and offices left out"] = None
        value = _ADDRESS.sub("", value)
    return value


def _author(name: str, mended: Mended) -> list[str]:
    plain = re.sub(r"[\[［(（][\d,，*＊]{1,12}[\]］)）]$", "", name).rstrip(" *＊†‡0123456789①②③④⑤⑥⑦⑧⑨⑩")
    if plain != name:
        mended["marks behind names left out"] = None
    plain = plain.strip(" ,，")
    if employed := _EMPLOYED.fullmatch(plain):
        mended["offices before names left out"] = None
        return [employed[1]]
    if _OFFICE.match(plain) and (names := [part for one in _OFFICE.split(plain) for part in one.split()]):
        mended["offices before names left out"] = None
        return names
    if plain.lower() in _NO_NAMES:
        mended["what is no name left out"] = None
        return []
    return [plain]


def _keyword(word: str, mended: Mended) -> list[str]:
    if both := _TRANSLATED.fullmatch(word):
        mended["Chinese and English divided"] = None
        return [both[1], both[2]]
    return [word]


def _affiliation(name: str, mended: Mended) -> list[str]:
    plain = re.sub(r"\s?\|[A-Z]{1,3}\d{3,}$", "", name)
    if plain != name:
        mended["codes behind affiliations left out"] = None
    plain = re.sub(rf"^(?:\d{{1,2}}\s?[.．、]|[\[(（]\d{{1,2}}[\])）])\s?|(?<=[{HAN}])\.$", "", plain)
    return [plain.strip(" ,，、")]


def _fund(name: str, mended: Mended) -> list[str]:
    plain = name.rstrip("~～ ")
    if plain != name:
        mended["~ at the end left out"] = None
    return [plain]


_ITEM: dict[str, Callable[[str, Mended], list[str]]] = {
    "authors": _author, "keywords": _keyword, "affiliations": _affiliation, "funds": _fund,
}  # fmt: skip
