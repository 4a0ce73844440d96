"""The sentences behind a comparison of two sides, and the comparison as a workbook or csv files."""

import csv
import io
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.errors import SettingsError
from pipeline.records import Comparison
from pipeline.report.words import reasoned
from pipeline.report.workbook import cell_text, plain_workbook
from pipeline.store import Run
from pipeline.trends.cells import STANCES
from pipeline.trends.compare import BEYOND_CHANCE, Compared, leading

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

WORDS = 100  # of each side that get sentences in a file
SHORT, LONG = 15, 90  # characters of a sentence that reads well alone
HEADINGS = {
    "kind": "类别 kind", "item": "编码或词 item", "matched": "已匹配 matched", "typical": "更多见于 typical of",
    "rate_a": "甲 A 每千句/万词", "rate_b": "乙 B 每千句/万词", "difference": "差 A - B", "low": "差的区间下限 low", "high": "差的区间上限 high",
    "log_ratio": "对数比 log2 ratio", "log_odds": "对数优势比 log odds", "z": "z", "g2": "G²", "p": "p（置换 permutation）", "q": "q（BH）",
    "count_a": "甲 A 次数 count", "count_b": "乙 B 次数 count", "documents_a": "甲 A 文献数 documents", "documents_b": "乙 B 文献数 documents",
    "dispersion_a": "甲 A 离散度 DP", "dispersion_b": "乙 B 离散度 DP", "reason": "说明 remark",
    "side": "方 side", "sentence": "句子 sentence", "title": "标题 title", "date": "日期 date", "page": "页 page", "doc_id": "文献编号 doc_id",
}  # fmt: skip
WIDTHS = {"item": 22, "sentence": 90, "title": 50, "reason": 60, "doc_id": 23}
_Entry = tuple[bool, int, str, str, int | None]  # whether it is too short or long, items held, seg_id, text, page
OF_ROW = tuple(HEADINGS)[: tuple(HEADINGS).index("side")]
OF_SENTENCE = ("kind", "item", "side", "sentence", "title", "date", "page", "doc_id")
HOW = (
    "编码按每千句计，词按每万个实词计。 Codes: per 1,000 sentences; words: per 10,000 content words.",
    "已匹配=1：只留类型和长度在另一方有对应的文献，乙方文献加权。 matched = 1: documents with their like on the other side, those of B weighted.",
    "q < .05：超出偶然（在两方之间置换文献，Benjamini–Hochberg 校正）；z 和 G² 把同一文献的词当作独立，只用来排序。 "
    "q < .05: beyond chance (documents permuted between the sides, Benjamini-Hochberg); z and G² take words of one document for independent: only for ranking.",
    "对数比 1 = 两倍，2 = 四倍；离散度 0 = 均匀，1 = 只在一篇里。 log2 ratio 1: twice, 2: four times as often; DP 0: even, 1: in one document.",
    "公式与出处见 docs/methods.md。 Formulas and sources: docs/methods.md.",
)  # fmt: skip


def sentences(run: Run, compared: Compared, rows: Sequence[Comparison], *, matched: bool, number: int) -> list[dict[str, Any]]:
    """Sentences of each side with these codes and words, each of another document.

    Those that read well alone come first, then those not shown for another item, then those with most of the items.

    Args:
        matched: whether documents are those of the matched sides.
        number: of sentences for each item on each side.
    """
    sides = compared.sides[matched]
    masks = {row["doc_id"]: (sides.a[at], sides.b[at]) for at, row in enumerate(compared.documents)}
    facts = {row["doc_id"]: row for row in compared.documents}
    items = [(row.kind, row.item) for row in rows]
    held: dict[tuple[str, str, str], dict[str, list[_Entry]]] = {}  # kind, item, side → document → its sentences
    for part in run.parts() if items and number else ():
        for doc_id, seg_id, stance, text, page, found in _found(run, part, items, set(masks)):
            for side, mask in zip("AB", masks[doc_id], strict=True):
                if mask[STANCES.index(stance)]:
                    entry = (not SHORT <= len(text) <= LONG, -len(found), seg_id, text, page)
                    for kind, item in found:
                        held.setdefault((kind, item, side), {}).setdefault(doc_id, []).append(entry)
    shown: list[dict[str, Any]] = []
    told: set[str] = set()  # seg_ids
    for kind, item in items:
        for side in "AB":
            for doc_id, (*_, seg_id, text, page) in _chosen(held.get((kind, item, side), {}), told, number):
                told.add(seg_id)
                about = {"title": facts[doc_id]["title"], "date": facts[doc_id]["date"], "page": page, "doc_id": doc_id}
                shown.append({"kind": kind, "item": item, "side": side, "sentence": text} | about)
    return shown


def _chosen(held: dict[str, list[_Entry]], told: set[str], number: int) -> list[tuple[str, _Entry]]:
    """The best sentence of each document, of the documents with the best ones."""
    best = [(min((entry[0], entry[2] in told, entry) for entry in entries), doc_id) for doc_id, entries in held.items()]
    return [(doc_id, entry) for (_, _, entry), doc_id in sorted(best)[:number]]


def _found(run: Run, part: str, items: list[tuple[str, str]], documents: set[str]) -> Iterator[tuple[Any, ...]]:
    """Sentences that count with some of the items: doc_id, seg_id, stance, text, page, items."""
    words = [item for kind, item in items if kind == "word"]
    codes = {item for kind, item in items if kind == "code"}
    kinds, out = run.settings.trends.kinds, run.settings.trends.leave_out
    coded: dict[str, set[str]] = {}
    for tag in run.table("tags", ["seg_id", "code", "negated"], part=part).to_pylist() if codes else ():
        if not tag["negated"]:
            coded.setdefault(tag["seg_id"], set()).update(code for code in codes if f"{tag['code']}.".startswith(f"{code}."))
    contexts = {row["seg_id"]: row for row in run.table("contexts", ["seg_id", "stance", "quoted"], part=part).to_pylist()}
    texts = {row["doc_id"]: row for row in run.table("documents", ["doc_id", "text", "pages"], part=part).to_pylist()}
    for row in run.table("segments", ["seg_id", "doc_id", "start", "end", "kind"], part=part).to_pylist():
        context = contexts.get(row["seg_id"], {"stance": "description", "quoted": False})
        if row["doc_id"] not in documents or row["kind"] not in kinds or ("quoted" in out and context["quoted"]):
            continue
        document = texts[row["doc_id"]]
        text = document["text"][row["start"] : row["end"]]
        held = [("word", word) for word in words if word in text]
        held += [("code", code) for code in sorted(coded.get(row["seg_id"], ()))]
        if held:
            page = bisect_right(document["pages"], row["start"]) or None
            yield row["doc_id"], row["seg_id"], context["stance"], text.replace("\n", " "), page, held


def write_comparison(file: Path, run: Run, compared: Compared, *, matched: bool, number: int) -> int:
    """Write all rows, and sentences of the codes and the leading words, to an xlsx file, or to a csv file and NAME-sentences.csv.

    Returns: how many rows. Raises SettingsError: another format. DiskError: it cannot be written.
    """
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise SettingsError(f"{file}: no format '{file.suffix}'; there are .xlsx, .csv")
    here = [row for row in compared.rows if row.matched == matched]
    wanted = [row for row in here if row.kind == "code"] + leading(here, "a", WORDS) + leading(here, "b", WORDS)
    behind = sentences(run, compared, wanted, matched=matched, number=number)
    rows = [_values(row) for row in sorted(compared.rows, key=lambda row: (row.matched != matched, row.kind, _rank(row)))]
    quotes = [[row[name] for name in OF_SENTENCE] for row in behind]
    if file.suffix.lower() == ".xlsx":
        store.write_bytes(file, _workbook(compared, rows, quotes))
    else:
        store.write_bytes(file, _csv(OF_ROW, rows))
        store.write_bytes(file.with_name(f"{file.stem}-sentences.csv"), _csv(OF_SENTENCE, quotes))
    return len(rows)


def _rank(row: Comparison) -> tuple[Any, ...]:
    return (row.kind == "word" and (row.q is None or row.q >= BEYOND_CHANCE), -abs(row.z), row.item)


def _values(row: Comparison) -> list[Any]:
    typical = ("A" if row.z > 0 else "B") if row.q is not None and row.q < BEYOND_CHANCE else ""
    made = {"typical": typical, "difference": round(row.rate_a - row.rate_b, 6)}
    return [made[name] if name in made else getattr(row, name) for name in OF_ROW]


def _workbook(compared: Compared, rows: list[list[Any]], quotes: list[list[Any]]) -> bytes:
    sink = io.BytesIO()
    book = plain_workbook(sink)
    _sheet(book, "比较 comparison", OF_ROW, rows)
    _sheet(book, "句子 sentences", OF_SENTENCE, quotes)
    sheet = book.add_worksheet("说明 readme")
    sheet.set_column(0, 0, 160, book.add_format({"text_wrap": True}))
    for at, line in enumerate([f"A 甲 = {compared.a}", f"B 乙 = {compared.b}", *compared.notes, *HOW]):
        sheet.write_string(at, 0, cell_text(line))
    book.close()
    return sink.getvalue()


def _sheet(book: "Workbook", title: str, columns: Sequence[str], rows: Iterable[list[Any]]) -> None:
    """A table with a frozen header and a filter; text is written as text."""
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    wrapped, decimals, small = (
        book.add_format(how) for how in ({"text_wrap": True, "valign": "top"}, {"num_format": "0.00"}, {"num_format": "0.0000"})
    )
    last = 0
    for at, column in enumerate(columns):
        sheet.set_column(at, at, WIDTHS.get(column, 12), wrapped if column == "sentence" else None)
        sheet.write_string(0, at, HEADINGS[column], bold)
    for last, row in enumerate(rows, start=1):
        for at, (column, value) in enumerate(zip(columns, row, strict=True)):
            if isinstance(value, float):
                sheet.write_number(last, at, value, small if column in "pq" else decimals)
            elif isinstance(value, int):
                sheet.write_number(last, at, int(value))
            elif value:
                sheet.write_string(last, at, cell_text(reasoned(value)["zh"] if column == "reason" else value))
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(1, last), len(columns) - 1)


def _csv(columns: Sequence[str], rows: Iterable[list[Any]]) -> bytes:
    sink = io.StringIO(newline="")
    lines = csv.writer(sink, lineterminator="\n")
    lines.writerow(columns)
    lines.writerows([int(cell) if isinstance(cell, bool) else cell for cell in row] for row in rows)
    return sink.getvalue().encode("utf-8")
