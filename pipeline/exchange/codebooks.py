"""Codebooks as other programs hold them: a workbook for people, REFI-QDA .qdc for NVivo, MAXQDA, ATLAS.ti; and back to YAML.

A codebook travels as its tree of keys and strings, so that groups stay groups; comments of the YAML file stay behind.
"""

import io
import re
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from pipeline import store
from pipeline.codebook import read_codebook
from pipeline.errors import SettingsError
from pipeline.report.workbook import plain_workbook

Tree = dict[str, Any]
HEAD = ("name", "version", "zh", "en")
TEXTS = ("id", "zh", "en")
LISTS = ("inclusion", "exclusion", "not", "without", "denied", "examples", "counterexamples")  # a line each in one cell
CODES = (*TEXTS, "definition_zh", "definition_en", *LISTS)
RULES = ("code", "name", "pattern", "within", "order", "unless", "with", "without")
BETWEEN = "、"  # words in one cell
_POS = re.compile(r"\[pos ([^\]]*)\]$")
_REFI = "urn:QDA-XML:codebook:1.0"
_SPACE = uuid.UUID("6f1f9f0e-7d5c-5b7e-9f4e-2f3f5a1c8d10")  # of the guids: the same code has the same one in every export
_MARK = "\n---\n"  # in a description: what stands below is read back, what stands above is for people


def export_codebook(book: Path, out: Path) -> None:
    """Write a codebook as .xlsx or .qdc, by the ending of `out`.

    Raises SettingsError: the codebook is wrong, the ending is another one, or a word holds the mark between words.
    """
    read_codebook(book)
    store.write_bytes(out, _by_ending(out, {".xlsx": _to_xlsx, ".qdc": _to_qdc})(_tree(book.read_text("utf-8-sig"))))


def import_codebook(file: Path, out: Path) -> int:
    """Write the YAML codebook that a workbook or a .qdc file holds. Returns the number of codes.

    Of a .qdc made elsewhere each code is found by its name, until it has terms.
    Raises SettingsError: the file cannot be read, or what it holds is no codebook; then the YAML is there to be mended.
    """
    tree = _by_ending(file, {".xlsx": _from_xlsx, ".qdc": _from_qdc})(file)
    store.write_text(out, yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=130, default_flow_style=None))
    return len(read_codebook(out).codes)


def _by_ending(path: Path, ways: dict[str, Callable[..., Any]]) -> Callable[..., Any]:
    if path.suffix.lower() not in ways:
        raise SettingsError(f"{path}: a codebook is exchanged as {' or '.join(ways)}")
    return ways[path.suffix.lower()]


def _tree(text: str) -> Tree:
    """The keys of a codebook with strings, lists and mappings below them, nothing turned into numbers or dates."""
    return dict(yaml.load(text, Loader=yaml.BaseLoader))


def _to_xlsx(tree: Tree) -> bytes:
    sink = io.BytesIO()
    book = plain_workbook(sink)
    plain, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True})
    for name, (columns, rows) in _sheets(tree).items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 100 / len(columns) + 8, plain)
        for number, cells in enumerate([columns, *rows]):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell, plain if number else bold)
    book.close()
    return sink.getvalue()


def _sheets(tree: Tree) -> dict[str, tuple[tuple[str, ...], list[list[str]]]]:
    """Columns and rows of each sheet."""
    codes = tree["codes"]
    head = [[name, tree.get(name, "")] for name in HEAD] + [["denied", "\n".join(tree.get("denied", []))]]
    return {
        "codebook": (("key", "value"), head),
        "codes": (CODES, [_code_row(code) for code in codes]),
        "terms": (("code", "term"), [[code["id"], term] for code in codes for term in code.get("terms", [])]),
        "rules": (RULES, [_rule_row(code["id"], rule) for code in codes for rule in code.get("rules", [])]),
        "groups": (("group", "word"), [[name, word] for name, words in tree.get("groups", {}).items() for word in words]),
        "stance": (("cue", "word"), [[name, word] for name, words in tree.get("stance", {}).items() for word in words]),
    }


def _code_row(code: Tree) -> list[str]:
    definition = code.get("definition", {})
    lists = ["\n".join(code.get(name, [])) for name in LISTS]
    return [*(code.get(name, "") for name in TEXTS), definition.get("zh", ""), definition.get("en", ""), *lists]


def _rule_row(code: str, rule: Tree) -> list[str]:
    lists = [_joined(rule.get(name, [])) for name in RULES[5:]]
    return [code, rule["name"], "\n".join(map(_part, rule["pattern"])), rule.get("within", ""), rule.get("order", ""), *lists]


def _part(part: list[str] | Tree) -> str:
    if isinstance(part, list):
        return _joined(part)
    return f"{_joined(part.get('words', []))}[pos {' '.join(part.get('pos', []))}]"


def _joined(words: list[str]) -> str:
    if held := [word for word in words if BETWEEN in word]:
        raise SettingsError(f"'{held[0]}' holds {BETWEEN}, which parts the words of a cell; write it as two words to export it")
    return BETWEEN.join(words)


def _from_xlsx(file: Path) -> Tree:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(file))
        sheets = {name: _rows(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names}
    except (CalamineError, OSError) as error:
        raise SettingsError(f"{file} cannot be read as a workbook: {str(error).splitlines()[0]}") from None
    if missing := [name for name in ("codebook", "codes") if name not in sheets]:
        raise SettingsError(f"{file} has no sheet {' and '.join(missing)}; export a codebook to see what is wanted")
    head = {row.get("key", ""): row.get("value", "") for row in sheets["codebook"]}
    tree: Tree = {name: head[name] for name in HEAD if head.get(name)}
    for name, column in (("groups", "group"), ("stance", "cue")):
        if lists := _grouped(sheets.get(name, []), column, "word"):
            tree[name] = lists
    if denied := _lines(head.get("denied", "")):
        tree["denied"] = denied
    terms = _grouped(sheets.get("terms", []), "code", "term")
    rules: dict[str, list[Tree]] = {}
    for row in sheets.get("rules", []):
        rules.setdefault(row.get("code", ""), []).append(_rule(row))
    tree["codes"] = [_code(row, terms.get(row.get("id", ""), []), rules.get(row.get("id", ""), [])) for row in sheets["codes"]]
    return tree


def _rows(cells: list[list[Any]]) -> list[dict[str, str]]:
    """The rows of a sheet by its header; what Excel made a number is written as it was typed. Empty rows are none."""
    header, *rows = [[_typed(cell) for cell in row] for row in cells] or [[]]
    return [dict(zip(header, row, strict=False)) for row in rows if any(row)]


def _typed(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _grouped(rows: Iterable[dict[str, str]], key: str, value: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.get(key, ""), []).append(row.get(value, ""))
    return found


def _code(row: dict[str, str], terms: list[str], rules: list[Tree]) -> Tree:
    code: Tree = {name: row[name] for name in TEXTS if row.get(name)}
    if definition := {lang: row[f"definition_{lang}"] for lang in ("zh", "en") if row.get(f"definition_{lang}")}:
        code["definition"] = definition
    lists = {name: _lines(row.get(name, "")) for name in LISTS} | {"terms": terms, "rules": rules}
    order = ("inclusion", "exclusion", "terms", "not", "without", "denied", "rules", "examples", "counterexamples")
    return code | {name: lists[name] for name in order if lists[name]}


def _rule(row: dict[str, str]) -> Tree:
    rule: Tree = {"name": row.get("name", ""), "pattern": [_part_of(line) for line in _lines(row.get("pattern", ""))]}
    rule |= {name: row[name] for name in ("within", "order") if row.get(name)}
    return rule | {name: row[name].split(BETWEEN) for name in RULES[5:] if row.get(name)}


def _part_of(line: str) -> list[str] | Tree:
    found = _POS.search(line)
    if not found:
        return line.split(BETWEEN)
    words = line[: found.start()]
    return ({"words": words.split(BETWEEN)} if words else {}) | {"pos": found[1].split()}


def _lines(cell: str) -> list[str]:
    return [line.strip() for line in cell.splitlines() if line.strip()]


def _to_qdc(tree: Tree) -> bytes:
    from lxml import etree

    root = etree.Element(f"{{{_REFI}}}CodeBook", origin="wenmai", nsmap={None: _REFI})
    places = {"": etree.SubElement(root, f"{{{_REFI}}}Codes")}
    known = {code["id"]: code for code in tree["codes"]}
    for code_id in known:
        levels = code_id.split(".")
        for depth in range(1, len(levels) + 1):
            name = ".".join(levels[:depth])
            if name not in places:
                places[name] = _element(places[".".join(levels[: depth - 1])], name, known.get(name))
    sets = etree.SubElement(root, f"{{{_REFI}}}Sets")
    whole = etree.SubElement(sets, f"{{{_REFI}}}Set", guid=_guid("codebook"), name=tree["name"])
    etree.SubElement(whole, f"{{{_REFI}}}Description").text = _described("", {key: tree[key] for key in tree if key != "codes"})
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _element(above: Any, name: str, code: Tree | None) -> Any:
    """A code below another; one that only gathers others cannot be given to text."""
    from lxml import etree

    found = etree.SubElement(above, f"{{{_REFI}}}Code", guid=_guid(name), name=name, isCodable="true" if code else "false")
    if code:
        definition = code.get("definition", {})
        said = "\n".join([f"{code['zh']} {code['en']}", *definition.values()])
        etree.SubElement(found, f"{{{_REFI}}}Description").text = _described(said, code)
    return found


def _guid(name: str) -> str:
    return str(uuid.uuid5(_SPACE, name))


def _described(said: str, held: Tree) -> str:
    return f"{said}{_MARK}{yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=None)}"


def _from_qdc(file: Path) -> Tree:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(file.read_bytes(), parser)
    except (etree.XMLSyntaxError, OSError) as error:
        raise SettingsError(f"{file} cannot be read as a REFI-QDA codebook: {str(error).splitlines()[0]}") from None
    space = f"{{{_REFI}}}"
    if root.tag != f"{space}CodeBook":
        raise SettingsError(
            f"{file} is no REFI-QDA codebook: its first element is {root.tag}; export the codebook, not the project"
        )
    heads = [_held(one) for one in root.iter(f"{space}Set")]
    tree: Tree = next(
        (head for head in heads if head), {"name": _slug(file.stem), "version": "1", "zh": file.stem, "en": file.stem}
    )
    tree["codes"] = [code for one in root.iter(f"{space}Code") if (code := _held(one) or _foreign(one))]
    return tree


def _held(element: Any) -> Tree:
    """What an export of ours put below the mark of a description."""
    _, mark, text = (element.findtext(f"{{{_REFI}}}Description") or "").partition(_MARK)
    try:
        held = yaml.load(text, Loader=yaml.BaseLoader) if mark else {}
    except (yaml.YAMLError, RecursionError):  # whoever made the file may have nested a million brackets
        return {}
    return held if isinstance(held, dict) else {}


def _foreign(element: Any) -> Tree:
    """A code of another program: its name is its first term."""
    if element.get("isCodable") == "false":
        return {}
    name = element.get("name", "").strip()
    said = (element.findtext(f"{{{_REFI}}}Description") or "").strip()
    above = [_slug(one.get("name", "")) for one in element.iterancestors(f"{{{_REFI}}}Code")][::-1]
    code: Tree = {"id": ".".join([*above, _slug(name)]), "zh": name, "en": name}
    return code | ({"definition": {"zh": said}} if said else {}) | {"terms": [name]}


def _slug(name: str) -> str:
    return re.sub(r"[^\w-]+", "_", name.strip()).strip("_") or "code"
