"""Words and their parts of speech from jieba's dictionary and `lexicons/words`. Every process has its own tokenizer.

Both engines run without HMM by default: then they give the same words, and better ones on SIGHAN 2005 (docs/quality.md).
"""

import re
from collections.abc import Callable
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from pipeline.config import SegmentSettings, lexicon
from pipeline.errors import SettingsError
from pipeline.folding import folded, folding

Segmenter = Callable[[str, int], tuple[list[str], list[int], list[str]]]  # text, its offset → tokens, starts, parts of speech

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?%?")
_LATIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+#%_-]*")


def segmenter(settings: SegmentSettings) -> Segmenter:
    """The segmenter the settings ask for, built once a process. Raises SettingsError: a word list is missing or wrong.

    Where traditional characters are folded, it is given folded text; its word lists may be in either script.
    """
    paths = tuple(lexicon(name, "words", ".txt") for name in settings.words)
    changed = tuple(path.stat().st_mtime_ns for path in paths)
    return _build(settings.engine, settings.hmm, paths, changed, settings.fold_traditional)


@cache
def _build(engine: str, hmm: bool, paths: tuple[Path, ...], changed: tuple[int, ...], fold: bool) -> Segmenter:
    characters = folding(SegmentSettings(fold_traditional=fold))
    words = [(folded(word, characters), pos) for path in paths for word, pos in read_words(path)]
    tag = SEGMENTERS[engine](words, hmm)

    def cut(text: str, offset: int) -> tuple[list[str], list[int], list[str]]:
        pairs = [(token, pos) for token, pos in tag(text)]
        tokens = [token for token, _ in pairs]
        starts = list(accumulate(map(len, tokens), initial=offset))[:-1]
        # spaces are characters of the text, not words
        kept = [number for number, token in enumerate(tokens) if not token.isspace()]
        return [tokens[i] for i in kept], [starts[i] for i in kept], [pairs[i][1] for i in kept]

    return cut


def read_words(path: Path) -> list[tuple[str, str]]:
    """Words and parts of speech from a word list: `word [pos]` a line, `#` begins a comment.

    Raises SettingsError with file and line for every line that is not of this form.
    """
    words, problems = [], []
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), start=1):
        fields = line.split("#")[0].split()
        if len(fields) > 2:
            problems.append(f"{path}:{number}: write a word and at most a part of speech, such as: 数据孤岛 n")
        elif fields:
            words.append((fields[0], fields[1] if len(fields) == 2 else "n"))
    if problems:
        raise SettingsError(*problems)
    return words


def _rjieba(words: list[tuple[str, str]], hmm: bool) -> Callable[[str], list[tuple[str, str]]]:
    """jieba's algorithm and dictionary in Rust."""
    import rjieba

    engine = rjieba.Jieba()
    for word, pos in words:
        engine.add_word(word, engine.suggest_freq(word), pos)
    known = cache(engine.has_word)
    # rjieba makes up a class for single characters that the dictionary does not have

    def tag(text: str) -> list[tuple[str, str]]:
        pairs = engine.tag(text, hmm)
        return [(token, pos if len(token) > 1 or known(token) else _class_of(token)) for token, pos in pairs]

    return tag


def _jieba(words: list[tuple[str, str]], hmm: bool) -> Callable[[str], list[tuple[str, str]]]:
    """jieba itself, with the part of speech of each word looked up in its dictionary."""
    import jieba

    engine: Any = jieba.Tokenizer()
    # jieba would read and write a marshal file in the shared temporary folder, where anybody may put one
    engine.FREQ, engine.total = engine.gen_pfdict(engine.get_dict_file())
    engine.initialized = True
    with engine.get_dict_file() as file:
        pos_of = {
            fields[0]: fields[2] for line in file.read().decode("utf-8").splitlines() if len(fields := line.split(" ")) == 3
        }
    for word, pos in words:
        engine.add_word(word, engine.suggest_freq(word), pos)
        pos_of[word] = pos
    return lambda text: [(token, pos_of.get(token) or _class_of(token)) for token in engine.cut(text, HMM=hmm)]


def _class_of(token: str) -> str:
    """What a token outside the dictionary is: m a number, eng Latin letters, x anything else."""
    if _NUMBER.fullmatch(token):
        return "m"
    return "eng" if _LATIN.fullmatch(token) else "x"


SEGMENTERS: dict[str, Callable[[list[tuple[str, str]], bool], Callable[[str], list[tuple[str, str]]]]] = {
    "rjieba": _rjieba,
    "jieba": _jieba,
}
