"""Coded documents for spaCy: DocBin files whose offsets are those of the run."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.errors import NotReadyError
from pipeline.store import Run
from pipeline.units import counted_documents

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

SPANS = "codes"  # the group that holds them: doc.spans["codes"]
ABOUT = ("doc_id", "title", "date", "source")  # in doc.user_data


def write_spacy(run: Run, folder: Path) -> list[Path]:
    """Write the documents that are no duplicates, with their codes as labels of `doc.spans["codes"]`, one file a part of the run.

    `doc.text` is the text of the document and the sentences are its segments. Words are those of the run, cut further where a code begins
    or ends, so that a span has the very characters of its tag. Negated tags are left out.
    Returns: the files. Same tables: same bytes. Raises NotReadyError when there is no text, DiskError.
    """
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    written = []
    for part in run.parts():
        docs = list(_docs(run, part, Vocab()))
        if docs:
            packed = DocBin(attrs=["ORTH", "SENT_START"], docs=docs, store_user_data=True).to_bytes()
            path = folder / f"part-{part or 'all'}.spacy"
            store.write_bytes(path, packed)
            written.append(path)
    if not written:
        raise NotReadyError(f"no text in {run.folder}; run ingest first")
    for old in set(folder.glob("part-*.spacy")) - set(written):
        old.unlink()  # of the parts of a smaller run: its documents would be read twice
    return written


def _docs(run: Run, part: str, vocab: "Vocab") -> Iterable["Doc"]:
    tokens: dict[str, list[dict[str, Any]]] = {}
    for row in run.table("segments", ["doc_id", "start", "end", "tokens", "token_starts"], part=part).to_pylist():
        tokens.setdefault(row["doc_id"], []).append(row)
    tags: dict[str, set[tuple[int, int, str]]] = {}
    for row in run.table("tags", ["doc_id", "start", "end", "code", "negated"], part=part).to_pylist():
        if not row["negated"]:
            tags.setdefault(row["doc_id"], set()).add((row["start"], row["end"], row["code"]))
    for document in counted_documents(run, part, [*ABOUT[1:], "text"]).to_pylist():
        if document["text"]:
            yield _doc(vocab, document, tokens.get(document["doc_id"], []), sorted(tags.get(document["doc_id"], ())))


def _doc(vocab: "Vocab", document: dict[str, Any], segments: list[dict[str, Any]], tags: list[tuple[int, int, str]]) -> "Doc":
    from spacy.tokens import Doc, SpanGroup

    text = document["text"]
    cuts = {0, len(text), *(edge for start, end, _ in tags for edge in (start, end))}
    for segment in segments:
        cuts |= {segment["start"], segment["end"], *segment["token_starts"]}
        cuts |= {start + len(token) for token, start in zip(segment["tokens"], segment["token_starts"], strict=True)}
    words, spaces, starts = pieces(text, sorted(cuts))
    begin = {0, *(segment["start"] for segment in segments)}
    doc = Doc(vocab, words=words, spaces=spaces, sent_starts=[start in begin for start in starts])
    doc.user_data.update({name: document[name] for name in ABOUT})
    # every tag begins and ends with a word: spans are there
    spans = [doc.char_span(start, end, label=code) for start, end, code in tags]
    doc.spans[SPANS] = SpanGroup(doc, name=SPANS, spans=[span for span in spans if span is not None])
    return doc


def pieces(text: str, cuts: list[int]) -> tuple[list[str], list[bool], list[int]]:
    """A text cut at these places, as spaCy keeps it: words, whether a space follows each, where each begins.

    A single space between words belongs to the one before it; any other space is a word of its own, so that no character is lost.
    """
    words: list[str] = []
    spaces: list[bool] = []
    starts: list[int] = []
    for start, end in pairwise(cuts):
        if text[start:end] == " " and words and not spaces[-1]:
            spaces[-1] = True
        else:
            words.append(text[start:end])
            spaces.append(False)
            starts.append(start)
    return words, spaces, starts
