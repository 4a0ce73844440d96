"""What a codebook holds, whether it does what its examples say, and what another version of it would code differently."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pipeline.codebook import Code, Part, read_codebook
from pipeline.coding.label import labeller
from pipeline.config import Settings, change_settings, lexicon
from pipeline.errors import SettingsError
from pipeline.records import Segment, Tag, from_table
from pipeline.store import Run
from pipeline.tag import prepared, tag_text
from pipeline.tag.words import Prepared


def contents(settings: Settings, code: str | None = None) -> list[dict[str, Any]]:
    """A row a code with how much it holds; of one code a row a line: what it is, and the words.

    Raises SettingsError: the codebook is wrong, or has no such code.
    """
    codes = read_codebook(lexicon(settings.codebook, "codebooks", ".yaml")).codes
    if code is None:
        counted = ("terms", "rules", "examples", "counterexamples")
        return [
            {"code": one.id, "zh": one.zh, "en": one.en} | {name: len(getattr(one, name)) for name in counted} for one in codes
        ]
    chosen = next((one for one in codes if one.id == code), None)
    if chosen is None:
        raise SettingsError(f"no code '{code}' in this codebook; there are {', '.join(one.id for one in codes)}")
    rows = [("zh", chosen.zh), ("en", chosen.en), ("definition", chosen.definition.zh), ("definition", chosen.definition.en)]
    for name in ("inclusion", "exclusion", "terms", "excluded", "without", "denied"):
        rows += [("not" if name == "excluded" else name, word) for word in getattr(chosen, name)]
    rows += [(f"rule {rule.name}", " + ".join(_written(part) for part in rule.parts)) for rule in chosen.rules]
    rows += [("example", text) for text in chosen.examples] + [("counterexample", text) for text in chosen.counterexamples]
    return [{"is": name, "text": text} for name, text in rows if text]


def _written(part: Part) -> str:
    """The words of a part, the first of many."""
    words = "/".join(part.words[:6]) + ("/…" if len(part.words) > 6 else "")
    return words + (f"[{'/'.join(part.pos)}]" if part.pos else "")


def failures(settings: Settings) -> list[dict[str, Any]]:
    """Examples without their code and counterexamples with it: file and line, code, what it is, and the codes it got instead.

    Raises SettingsError: the codebook itself is wrong.
    """
    path = lexicon(settings.codebook, "codebooks", ".yaml")
    lines, label = path.read_text("utf-8-sig").split("\n"), labeller(settings)
    found = []
    for code in read_codebook(path).codes:
        for kind, text, wanted in _cases(code):
            codes = label(text)["codes"].split(";")
            if (code.id in codes) != wanted:
                where = f"{path}:{_line_of(text, code, lines)}"
                found.append({"where": where, "code": code.id, "is": kind, "text": text, "codes": ";".join(codes)})
    return found


def _cases(code: Code) -> Iterator[tuple[str, str, bool]]:
    yield from (("example", text, True) for text in code.examples)
    yield from (("counterexample", text, False) for text in code.counterexamples)


def _line_of(text: str, code: Code, lines: list[str]) -> int:
    """Where an example stands; the line of its code where it is folded over several."""
    of_code = next((number for number, line in enumerate(lines, 1) if line.split("#")[0].strip().endswith(f"id: {code.id}")), 1)
    return next((number for number, line in enumerate(lines[of_code - 1 :], of_code) if text in line), of_code)


def differences(run: Run, one: str, other: str) -> Iterator[dict[str, Any]]:
    """The segments of a run that two codebooks code differently: code, whether it is lost or new, and what found it.

    Args:
        one, other: codebooks, by path or name.
    Raises SettingsError: a codebook is wrong. NotReadyError: the run has no segments.
    """
    books = [prepared(change_settings(run.settings, codebook=book)) for book in (one, other)]
    for part in run.parts():
        documents = run.table("documents", ["doc_id", "title", "text"], part=part).to_pylist()
        segments: dict[str, list[Segment]] = defaultdict(list)
        for segment in from_table(run.table("segments", part=part), Segment):
            segments[segment.doc_id].append(segment)
        for row in documents:
            yield from _of_document(row, segments[row["doc_id"]], books)


def _of_document(row: dict[str, Any], segments: list[Segment], books: list[Prepared]) -> Iterator[dict[str, Any]]:
    before, after = (_by_code(row["text"], segments, book) for book in books)
    for segment in segments:
        text = row["text"][segment.start : segment.end]
        for change, here, there in (("lost", before, after), ("new", after, before)):
            for code in sorted(here[segment.seg_id].keys() - there[segment.seg_id].keys()):
                why = "; ".join(dict.fromkeys(f"{tag.rule}: {tag.surface}" for tag in here[segment.seg_id][code]))
                yield {
                    "change": change,
                    "code": code,
                    "why": why,
                    "segment": text,
                    "title": row["title"],
                    "seg_id": segment.seg_id,
                }


def _by_code(text: str, segments: list[Segment], book: Prepared) -> dict[str, dict[str, list[Tag]]]:
    """The tags of each segment that are not denied, by code."""
    found: dict[str, dict[str, list[Tag]]] = defaultdict(lambda: defaultdict(list))
    for tag in tag_text(text, segments, book)[0] if segments else ():
        if not tag.negated:
            found[tag.seg_id][tag.code].append(tag)
    return found
