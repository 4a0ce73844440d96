"""Write the demo corpus: sixty documents of a country that does not exist, with a story planted in them.

    python tests/samples/make_demo.py [FOLDER]

FOLDER is corpora/demo unless given. Each document is a hand-written plan (`demo_plans`, `demo_papers`) filled up with
sentences drawn from banks (`demo_sentences`) at the rates of `RATES`. The same bytes come out every time. Needs
python-docx, reportlab and xlsxwriter.
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import demo_layouts as layouts
from demo_layouts import Document, Sentence
from demo_papers import (
    GIVEN,
    JOURNALS,
    PAPER,
    PAPER_LOOKALIKE,
    PAPER_NEUTRAL,
    PAPERS,
    PASSAGES,
    PRESSES,
    REFERENCE_HEADS,
    REFERENCE_TAILS,
    SCHOOLS,
    SURNAMES,
)
from demo_plans import ISSUERS, NEIGHBOURS, PLACES, POLICIES, THEMES
from demo_sentences import ARTICLES, DUTIES, HEADINGS, LOOKALIKE, NEUTRAL, POLICY, SCOPE

# Chance that a sentence of the centre carries the code, 2012 … 2026. A lagging region reads two years back, papers one
# ahead.
FIRST_YEAR = 2012
RATES: dict[str, list[float]] = {
    "technology_empowerment": [0.02, 0.03, 0.06, 0.11, 0.16, 0.2, 0.19, 0.2, 0.19, 0.19, 0.2, 0.19, 0.19, 0.19, 0.19],
    "institutional_adaptation": [0.10] * 8 + [0.11, 0.115, 0.12, 0.125, 0.13, 0.14, 0.14],
    "silos.barrier": [0.01, 0.02, 0.05, 0.10, 0.16, 0.17, 0.15, 0.08, 0.05, 0.03, 0.02, 0.02, 0.02, 0.02, 0.02],
    "silos.bridging": [0.01, 0.01, 0.015, 0.02, 0.03, 0.05, 0.09, 0.13, 0.15, 0.16, 0.16, 0.16, 0.16, 0.16, 0.16],
    "standardization": [0.015] * 9 + [0.05, 0.08, 0.11, 0.13, 0.14, 0.14],
    "environment_demand": [0.06] * 15,
}
LAG = {"C": 0, "S": 0, "K": 2, "paper": -1}  # years behind the centre
LIFT = {"C": 1.0, "S": 1.0, "K": 1.0, "paper": 1.1}
# Shares of problem, measure and description by code.
STANCES = {
    "technology_empowerment": {"P": 0.10, "M": 0.65, "D": 0.25},
    "institutional_adaptation": {"P": 0.10, "M": 0.70, "D": 0.20},
    "silos.barrier": {"P": 0.65, "M": 0.25, "D": 0.10},
    "silos.bridging": {"P": 0.05, "M": 0.70, "D": 0.25},
    "standardization": {"P": 0.15, "M": 0.68, "D": 0.17},
    "environment_demand": {"P": 0.30, "M": 0.30, "D": 0.40},
    "neutral": {"P": 0.13, "M": 0.59, "D": 0.28},
}
PAPER_STANCES = {"P": 0.28, "M": 0.17, "D": 0.55}
NUMBERS = {"n": (31, 78), "t": (15, 28), "k": (3, 9), "m": (40, 390), "x": (11, 48)}
# Words that nobody used before a certain year.
ERAS = {
    "首席数据官": 2019, "区块链": 2017, "人工智能": 2016, "智能问答": 2017, "跨省通办": 2018, "一网通办": 2017,
    "一件事": 2018, "一窗通办": 2016, "二〇二一": 2022, "告知承诺": 2016,
}  # fmt: skip
# What a plan may say and a regulation may not.
UNLAWFUL = (
    r"\{(yr|past|k|m|x|n)\}|探索|选择|下大力气|近年|认真抓|组织领导|加大宣传|党员|纪律|站位|弘扬|防雷|围墙|孤岛状|"
    r"提倡|全力|深入宣传|作风|修缮|观看"
)
SECTIONS = [
    ["重点任务", "主要任务", "工作重点"],
    ["改进措施", "配套工作", "近期安排"],
    ["夯实基础", "支撑保障", "长远安排"],
]
DIGITS = "〇一二三四五六七八九"
FICTION = [
    "（本文件为 wenmai 演示而虚构，与任何真实机构无关。）",
    "（本文为 wenmai 演示语料，内容纯属虚构，与任何真实国家、机构和个人无关。）",
    "（以上内容系为 wenmai 演示所虚构，不代表任何真实机构。）",
]


class Pattern(NamedTuple):
    """One line of a bank."""

    codes: tuple[str, ...]
    stance: str
    text: str


def rate(code: str, year: int, group: str) -> float:
    """The planted chance that a sentence of `group` ("C", "S", "K" or "paper") carries `code` in `year`."""
    series = RATES[code]
    at = min(max(year - LAG[group] - FIRST_YEAR, 0), len(series) - 1)
    return series[at] * LIFT[group]


def patterns(bank: str, codes: str = "", theme: str = "") -> list[Pattern]:
    """The lines of a bank; a line marked `M@road,water` only for those themes."""
    found = []
    for line in filter(None, bank.splitlines()):
        mark, text = line.split(" ", 1)
        stance, _, themes = mark.partition("@")
        if not themes or not theme or theme in themes.split(","):
            found.append(Pattern(tuple(codes.split("+")) if codes else (), stance, text))
    return found


class Writer:
    """Draws sentences for one document: none twice, and those first that other documents used least."""

    def __init__(self, document: Document, used: Counter[str]) -> None:
        self.document, self.used = document, used
        self.random = random.Random(f"wenmai demo/{document.key}")
        self.year = int(document.date[:4])
        self.taken: set[str] = set()
        self.words: Counter[str] = Counter()
        self.theme = {slot: words.split() for slot, words in THEMES[document.theme].items()}

    def draw(self, bank: list[Pattern], stance: str = "") -> Sentence | None:
        """A sentence from the bank, of the stance if it has one left."""
        left = [p for p in bank if p.text not in self.taken]
        left = [p for p in left if not any(word in p.text and self.year < year for word, year in ERAS.items())]
        left = [p for p in left if p.stance == stance] or ([] if stance == "M" else left)
        if not left:
            return None
        self.random.shuffle(left)
        left.sort(key=lambda p: self.used[p.text])
        pattern = left[min(int(self.random.expovariate(0.6)), len(left) - 1)]
        self.taken.add(pattern.text)
        self.used[pattern.text] += 1
        return Sentence(pattern.codes, pattern.stance, self.fill(pattern.text))

    def fill(self, text: str) -> str:
        """The pattern with its slots filled; a slot named twice holds one word, {s} and {s2} never the same."""
        chosen: dict[str, str] = {}
        line = self.line(re.findall(r"\{([fsdb])\}", text))

        def word(match: re.Match[str]) -> str:
            slot = match[1]
            if slot in NUMBERS:
                return str(self.random.randint(*NUMBERS[slot]))
            if slot not in chosen:
                chosen[slot] = self.theme[slot][line] if slot in "fsdb" else self.value(slot, chosen)
            return chosen[slot]

        filled = re.sub(r"\{(\w+)\}", word, text)
        return re.sub(r"(管理|审批|登记|许可)\1", r"\1", filled)

    def line(self, slots: list[str]) -> int:
        """Which of the four lines of work of the theme a sentence is about; the least used first."""
        if not slots:
            return 0
        lines = [0, 1, 2, 3]
        self.random.shuffle(lines)
        best = min(lines, key=lambda at: self.words[slots[0] + str(at)])
        self.words[slots[0] + str(best)] += 1
        return best

    def value(self, slot: str, chosen: dict[str, str]) -> str:
        """A word for a slot; words that this document used least come first."""
        draw, document = self.random, self.document
        if slot == "yr":
            return str(self.year + draw.randint(1, 3))
        if slot == "past":
            return str(self.year - 1)
        if slot == "c":
            first = draw.randint(1, 9)
            return f"[{first}]" if draw.random() < 0.75 else f"[{first},{first + 1}]"
        if slot == "p":
            where = {"central": "全国", "province": "全省", "city": "全市"}
            return where.get(document.level) or draw.choice(["松汀省", "朔川省"])
        if slot == "pn":
            return document.region or "岚国"
        if slot == "sub":
            return {"central": "各省", "province": "各市", "city": "各县区"}.get(document.level, "各县")
        if slot in "vw":
            words = [w for w in NEIGHBOURS if not any(w[:2] in own for own in self.theme["u"])]
        else:
            words = self.theme[slot.rstrip("2")]
        words = [w for w in words if w not in chosen.values()]
        draw.shuffle(words)
        best = min(words, key=lambda w: self.words[w])
        self.words[best] += 1
        return best

    def codes(self, count: int) -> list[str]:
        """A code or "neutral" for each of `count` sentences; the rates shake from document to document."""
        chances = {code: rate(code, self.year, self.document.group) * self.random.gammavariate(10, 0.1) for code in RATES}
        chances["neutral"] = max(0.3, 1 - sum(chances.values()))
        step = sum(chances.values()) / count
        marks, edge, at = list(chances), 0.0, self.random.random() * step
        drawn = []
        for mark in marks:  # systematic sampling: as many of each code as its chance says, give or take one
            edge += chances[mark]
            while at < edge and len(drawn) < count:
                drawn.append(mark)
                at += step
        self.random.shuffle(drawn)
        return drawn

    def coded(self, code: str, banks: dict[str, str], stance: str, keep: str = "") -> Sentence | None:
        """A sentence that carries the code, sometimes together with another whose time has come too."""
        pairs = [key for key in banks if "+" in key and code in key.split("+")]
        key = self.random.choice(pairs) if pairs and self.random.random() < 1 / 4 else code
        other = next((c for c in key.split("+") if c != code), code)
        if self.random.random() > rate(other, self.year, self.document.group) / 0.16:
            key = code
        bank = [p for p in patterns(banks[key], key, self.document.theme) if not (keep and re.search(keep, p.text))]
        return self.draw(bank, stance) or self.draw(
            [p for p in patterns(banks[code], code, self.document.theme) if p.stance == stance]
        )


def stance_of(writer: Writer, shares: dict[str, float]) -> str:
    return writer.random.choices(list(shares), list(shares.values()))[0]


def policy_sentences(writer: Writer, count: int) -> list[Sentence]:
    """The body of a policy, unordered."""
    document = writer.document
    fixed = UNLAWFUL if document.style == "regulation" else ""
    neutral = [p for p in patterns(NEUTRAL[document.theme]) if not (fixed and re.search(fixed, p.text))]
    alike = [p for p in patterns(LOOKALIKE, theme=document.theme) if not (fixed and re.search(fixed, p.text))]
    body = []
    for code in writer.codes(count):
        stance = "M" if fixed else stance_of(writer, STANCES[code])
        if code == "neutral":
            bank = alike if writer.random.random() < 0.2 else neutral
            body.append(writer.draw(bank, stance) or writer.draw(neutral) or writer.draw(alike))
        else:
            body.append(writer.coded(code, POLICY, stance, fixed))
    return [s for s in body if s and not (fixed and s.stance != "M")]


def clusters(writer: Writer, measures: list[Sentence]) -> list[tuple[str, list[Sentence]]]:
    """Measures in items of two to four under a heading each: mostly by code, some astray."""
    document, draw = writer.document, writer.random
    groups: dict[str, list[Sentence]] = {}
    for sentence in measures:
        topic = sentence.codes[0] if sentence.codes else document.theme
        if draw.random() < 0.15:
            topic = draw.choice([*groups, topic])
        groups.setdefault(topic, []).append(sentence)
    items = []
    for topic, sentences in groups.items():
        titles = draw.sample(HEADINGS[topic], len(HEADINGS[topic]))
        size = max(draw.randint(2, 4), -(-len(sentences) // len(titles)))
        cut = [sentences[at : at + size] for at in range(0, len(sentences), size)]
        if len(cut) > 1 and len(cut[-1]) == 1:
            last = cut.pop()
            cut[-1] += last
        for piece in cut:
            title = max(titles, key=partial(likeness, text=joined(piece)))
            titles.remove(title)
            items.append((title, piece))
    lone = [item for item in items if len(item[1]) == 1]
    items = [item for item in items if len(item[1]) > 1]
    for title, sentences in lone:
        if items and draw.random() < 0.7:
            home(items, sentences[0], draw).append(sentences[0])
        else:
            items.append((title, sentences))
    draw.shuffle(items)
    return items


def likeness(title: str, text: str) -> int:
    """How many characters and pairs of the title the text has; -1 if it would say the same twice."""
    if text.startswith(title):
        return -1
    return sum(text.count(c) for c in title) + 4 * sum(text.count(a + b) for a, b in itertools.pairwise(title))


def home(items: list[tuple[str, list[Sentence]]], sentence: Sentence, draw: random.Random) -> list[Sentence]:
    """The item to which the sentence fits best: one of the same code."""
    same = [inside for _, inside in items if any(set(s.codes) & set(sentence.codes) or s.codes == sentence.codes for s in inside)]
    return draw.choice(same or [inside for _, inside in items])


def chinese(number: int) -> str:
    """3 → 三, 21 → 二十一."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def date_line(date: str, *, numerals: bool = False) -> str:
    """2016-09-08 → 2016年9月8日, or 二〇一六年九月八日."""
    year, month, day = (int(part) for part in date.split("-"))
    if numerals:
        return "".join(DIGITS[int(d)] for d in str(year)) + f"年{chinese(month)}月{chinese(day)}日"
    return f"{year}年{month}月{day}日"


def joined(sentences: list[Sentence]) -> str:
    return "".join(s.text for s in sentences)


def background(writer: Writer, sentences: list[Sentence]) -> list[str]:
    """Paragraphs on what was done and what is wrong, with a few connectives."""
    draw = writer.random
    done = [s for s in sentences if s.stance == "D"]
    wrong = [s for s in sentences if s.stance == "P"]
    draw.shuffle(done)
    draw.shuffle(wrong)
    texts = [s.text for s in done]
    problems = [s.text for s in wrong]
    if problems and done:
        problems[0] = draw.choice(["但也要看到，", "同时，", "与此同时，", "但是，"]) + problems[0]
    if len(problems) > 2 and not re.match("此外|一些|有的", problems[-1]):
        problems[-1] = "此外，" + problems[-1]
    paragraphs = []
    for part in (texts, problems):
        half = (len(part) + 1) // 2 if len(part) > 5 else len(part)
        paragraphs += ["".join(piece) for piece in (part[:half], part[half:]) if piece]
    return paragraphs


def policy_blocks(document: Document, used: Counter[str]) -> None:
    """Fill a policy: the official layout of its style."""
    writer = Writer(document, used)
    draw = writer.random
    count = 26 if document.style == "regulation" else draw.randint(29, 47)
    body = policy_sentences(writer, count)
    if document.style == "regulation":
        regulation_blocks(writer, body)
        return
    duties = [s for s in (writer.draw(patterns(DUTIES), "M") for _ in range(draw.randint(3, 5))) if s]
    background_sentences = [s for s in body if s.stance != "M"]
    aside = [s for s in background_sentences if s.stance == "P" and draw.random() < 0.15]
    background_sentences = [s for s in background_sentences if s not in aside]
    items = clusters(writer, [s for s in body if s.stance == "M"])
    for sentence in aside:
        home(items, sentence, draw).insert(0, sentence)
    document.sentences = body + duties
    block = layouts.Block
    blocks = document.blocks
    issued = re.search(r"关于印发(.+)的通知", document.title)
    addressee = addressees(document)
    if issued:
        blocks.append(block("p0", addressee))
        blocks.append(block("p", f"现将《{issued[1]}》印发给你们，请结合实际认真贯彻执行。"))
        blocks += signature(document)
        blocks.append(block("title2", issued[1]))
    elif document.style in ("notice", "opinion", "measures"):
        blocks.append(block("p0", addressee))
    blocks.append(block("p", document.opening))
    if document.style == "measures":
        blocks += [block("p", text) for text in background(writer, background_sentences)]
        for at, (title, sentences) in enumerate(items, 1):
            blocks.append(block("p", f"{at}. {title}。{joined(sentences)}", lead=f"{at}. {title}。"))
        blocks.append(block("p", joined(duties)))
    else:
        heads = ["形势与问题", "现状与问题", "工作基础"] if document.style != "notice" else ["基本情况", "当前情况"]
        sections: list[tuple[str, list[layouts.Block]]] = [
            (draw.choice(heads), [block("p", text) for text in background(writer, background_sentences)])
        ]
        parts = 1 if len(items) < 5 else 2 if len(items) < 8 else 3
        for at in range(parts):
            sections.append((draw.choice(SECTIONS[at]), item_blocks(document, items[at::parts])))
        if document.style == "plan" and layouts.holds_tables(document.format):
            sections.append(("进度安排", [table(document, items, writer)]))
        sections.append((draw.choice(["工作要求", "组织实施", "有关要求"]), [block("p", joined(duties))]))
        for at, (title, inside) in enumerate((s for s in sections if s[1]), 1):
            blocks.append(block("h1", f"{chinese(at)}、{title}"))
            blocks += inside
    if not issued:
        blocks += signature(document)
    blocks.append(block("note", draw.choice(FICTION)))


def item_blocks(document: Document, items: list[tuple[str, list[Sentence]]]) -> list[layouts.Block]:
    """（一）… as a heading in plans, with 1. 2. under it now and then; elsewhere the first words of the text."""
    block, blocks = layouts.Block, []
    for at, (title, sentences) in enumerate(items, 1):
        lead = f"（{chinese(at)}）{title}"
        if document.style == "plan":
            blocks.append(block("h2", lead))
            if len(sentences) >= 3 and at % 2 and all(s.stance == "M" for s in sentences):
                blocks += [block("p", f"{n}. {s.text}") for n, s in enumerate(sentences, 1)]
            else:
                blocks.append(block("p", joined(sentences)))
        else:
            blocks.append(block("p", f"{lead}。{joined(sentences)}", lead=f"{lead}。"))
    return blocks


def regulation_blocks(writer: Writer, body: list[Sentence]) -> None:
    """第一条 … in five chapters."""
    document, draw, block = writer.document, writer.random, layouts.Block
    scope = [s for s in (writer.draw(patterns(SCOPE)) for _ in range(2)) if s]
    scope.sort(key=lambda s: not s.text.startswith("在"))
    articles = [s for s in (writer.draw(patterns(ARTICLES, "institutional_adaptation"), "M") for _ in range(9)) if s]
    fines = [s for s in articles if re.search("违反|处分|复议|约谈", s.text)]
    duties = [s for s in articles if s not in fines] + body
    draw.shuffle(duties)
    document.sentences = scope + duties + fines
    fines.sort(key=lambda s: s.text.startswith("对决定不服"))
    start = date_line(later(document.date, 40))
    half = len(duties) // 2
    first, second = (pairs(duties[:half], draw), pairs(duties[half:], draw))
    chapters = [
        ("总则", [document.opening, *[s.text for s in scope]]),
        ("管理职责", first),
        ("保障与服务", second),
        ("监督与责任", [s.text for s in fines]),
        ("附则", [f"本办法自{start}起施行。"]),
    ]
    number = 0
    blocks = document.blocks
    if document.shown_number.endswith("号") and "令" in document.shown_number:
        blocks.append(block("p", f"《{document.title}》已经审议通过，现予公布，自{date_line(later(document.date, 40))}起施行。"))
        blocks += signature(document)
        blocks.append(block("title2", document.title))
    for at, (title, texts) in enumerate(chapters, 1):
        blocks.append(block("h1", f"第{chinese(at)}章　{title}"))
        for text in texts:
            number += 1
            blocks.append(block("p", f"第{chinese(number)}条　{text}", lead=f"第{chinese(number)}条　"))
    if "令" not in document.shown_number:
        blocks += signature(document)
    blocks.append(block("note", draw.choice(FICTION)))


def pairs(sentences: list[Sentence], draw: random.Random) -> list[str]:
    """Articles of one or two sentences; the second belongs to the same code."""
    texts: list[str] = []
    left = sorted(sentences, key=lambda s: s.codes)
    while left:
        size = 2 if len(left) > 1 and left[0].codes == left[1].codes and draw.random() < 0.5 else 1
        texts.append("".join(s.text for s in left[:size]))
        left = left[size:]
    draw.shuffle(texts)
    return texts


def later(date: str, days: int) -> str:
    return (dt.date.fromisoformat(date) + dt.timedelta(days=days)).replace(day=1).isoformat()


def table(document: Document, items: list[tuple[str, list[Sentence]]], writer: Writer) -> layouts.Block:
    """Who does what until when."""
    rows = [["序号", "任务", "牵头单位", "完成时限"]]
    year = int(document.date[:4])
    for at, (title, _) in enumerate(items[:6], 1):
        rows.append(
            [
                str(at),
                title,
                writer.random.choice(writer.theme["u"]),
                f"{year + 1 + at // 4}年{3 * (1 + at % 4)}月",
            ]
        )
    return layouts.Block("table", "", rows=rows)


def addressees(document: Document) -> str:
    if document.level == "central":
        return "各省政府，国政院各部门：" if document.issuers[0].startswith("岚国") else "各省有关厅局，部属各单位："
    return "各市、县政府，省直各单位：" if document.level == "province" else "各县区政府，市直各单位："


def signature(document: Document) -> list[layouts.Block]:
    block = layouts.Block
    numerals = document.key.startswith("临政发2016")
    return [block("sign", name) for name in document.issuers] + [block("sign", date_line(document.date, numerals=numerals))]


def paper_blocks(document: Document, used: Counter[str]) -> None:
    """Fill a paper: abstract, numbered sections, references."""
    writer = Writer(document, used)
    draw, block, blocks = writer.random, layouts.Block, document.blocks
    neutral = {mark: [p for p in patterns(PAPER_NEUTRAL + PAPER_LOOKALIKE) if p.stance == mark] for mark in "ILXRC"}
    parts: dict[str, list[str]] = {mark: [] for mark in "ILXRSC"}
    for code in writer.codes(draw.randint(31, 40)):
        if code == "neutral":
            mark = draw.choices("ILXRC", [4, 5, 5, 7, 3])[0]
            sentence = writer.draw(neutral[mark], mark)
        else:
            sentence = writer.coded(code, PAPER, stance_of(writer, PAPER_STANCES))
            mark = "C" if sentence and sentence.stance == "M" else place(writer, sentence)
        if sentence:
            document.sentences.append(sentence)
            parts[mark].append(sentence.text)
    for mark, least in {"I": 3, "L": 3, "X": 3, "R": 3, "S": 2, "C": 2}.items():
        while len(parts[mark]) < least:
            sentence = writer.draw(neutral[mark if mark != "S" else "R"])
            assert sentence, "the bank of uncoded paper sentences is used up"
            document.sentences.append(sentence)
            parts[mark].append(sentence.text)
    tidy(parts)
    start, finding, end = PASSAGES[document.authors[0]]
    parts["I"].insert(0, start)
    parts["S"].insert(0, finding)
    parts["C"].append(end)
    blocks.append(block("abstract", document.opening))
    blocks.append(block("keywords", "；".join(document.keywords)))
    titles = {"I": "引言", "L": "文献回顾", "X": "资料与方法", "R": "分析与发现", "C": "结论与建议"}
    for at, (mark, title) in enumerate(titles.items(), 1):
        blocks.append(block("h1", f"{at} {title}"))
        if mark == "R":
            blocks += [
                block("h2", f"{at}.1 总体情况"),
                *prose(parts["R"]),
                block("h2", f"{at}.2 进一步讨论"),
                *prose(parts["S"]),
            ]
        else:
            blocks += prose(parts[mark])
    blocks.append(block("h1", "参考文献"))
    blocks += [block("ref", f"[{at}] {text}") for at, text in enumerate(references(writer), 1)]
    blocks.append(block("note", draw.choice(FICTION[1:])))


def place(writer: Writer, sentence: Sentence | None) -> str:
    """The section of a coded sentence of a paper: evidence to the results, citations to the literature."""
    if sentence and re.search(r"\[\d", sentence.text):
        return "L"
    return writer.random.choice("IRRSS")


def tidy(parts: dict[str, list[str]]) -> None:
    """First and last sentences where a reader expects them."""
    first = ("改革的成效为何", "这一问题", "围绕这一", "早期文献", "问卷采用", "案例选择", "表1", "总的来看")
    last = ["", "上述", "在此", "全文", "以上", "行文", "文中", "研究", "感谢"]
    for texts in parts.values():
        texts.sort(key=lambda t: last.index(t[:2]) if t[:2] in last else -1 if t.startswith(first) else 0)


def prose(texts: list[str]) -> list[layouts.Block]:
    """Paragraphs of three or four sentences."""
    size = 4 if len(texts) % 4 != 1 else 3
    return [layouts.Block("p", "".join(texts[at : at + size])) for at in range(0, len(texts), size)]


def references(writer: Writer) -> list[str]:
    """Ten invented references, one of them in English, ordered by year."""
    draw = writer.random
    heads = draw.sample(REFERENCE_HEADS, 9)
    found = []
    for at, head in enumerate(heads):
        year = writer.year - draw.randint(1, 14)
        name = draw.choice(SURNAMES) + draw.choice(GIVEN)
        if at % 4 == 3:
            found.append((year, f"{name}. {head}[M]. 岚都: {draw.choice(PRESSES)}, {year}."))
        else:
            page = draw.randint(3, 120)
            name += "，" + draw.choice(SURNAMES) + draw.choice(GIVEN) if at % 3 == 0 else ""
            title = f"{head}：{draw.choice(REFERENCE_TAILS)}"
            issue = f"{year}({draw.randint(1, 6)}): {page}-{page + draw.randint(8, 16)}"
            found.append((year, f"{name}. {title}[J]. {draw.choice(JOURNALS)}, {issue}."))
    year = writer.year - 9
    found.append((year, f"HALVORN E. Counting what offices do[J]. Journal of Small-State Administration, {year}, 4(2): 31-48."))
    return [text for _, text in sorted(found)]


def policies() -> list[Document]:
    """The forty-eight plans of policies, read."""
    known = {row.split("|")[0]: row.split("|") for row in ISSUERS.strip().splitlines()}
    documents = []
    for row in POLICIES.strip().splitlines():
        group, date, names, serial, style, theme, form, title, opening = row.split("|")
        issuers = names.split(";")
        _, _, level, region, prefix = known[issuers[0]]
        year = date[:4]
        number = f"{prefix}〔{year}〕{serial.lstrip('[')}号"
        shown = number.replace("〔", "[").replace("〕", "]") if serial.startswith("[") else number
        key = f"{prefix}{year}-{serial.lstrip('[')}号"
        if serial.startswith("令"):
            number = shown = f"{issuers[0]}令第{serial[1:]}号"
            key = f"{prefix[:2]}令{year}-{serial[1:]}号"
        if title.startswith("关于"):
            title = " ".join(issuers) + title
        documents.append(
            Document(
                key=key, kind="policy", group=group, style=style, format=form, theme=theme, title=title, date=date,
                issuers=issuers, level=level, region=region, number=number, shown_number=shown, opening=opening,
            )
        )  # fmt: skip
    return documents


def papers() -> list[Document]:
    """The twelve plans of papers, read."""
    documents = []
    for at, row in enumerate(PAPERS.strip().splitlines()):
        date, theme, form, title, authors, keywords, abstract = row.split("|")
        year, month = (int(part) for part in date.split("-"))
        documents.append(
            Document(
                key=f"{authors.split()[0]}{year}", kind="paper", group="paper", style="paper", format=form, theme=theme,
                title=title, date=date, opening=abstract, authors=authors.split(), keywords=keywords.split(";"),
                journal=JOURNALS[at % len(JOURNALS)], issue=f"第{year - 2002}卷 第{-(-month // 2)}期",
                school=SCHOOLS[at % len(SCHOOLS)],
            )
        )  # fmt: skip
    return documents


def corpus() -> list[Document]:
    """All sixty documents, composed but not written."""
    used: Counter[str] = Counter()
    documents = policies() + papers()
    for document in documents:
        (paper_blocks if document.kind == "paper" else policy_blocks)(document, used)
    return documents


def write(folder: Path) -> list[Document]:
    """Write documents, places.csv, issuers.csv and truth.csv into the folder."""
    documents = corpus()
    layouts.write_all(documents, folder / "documents")
    csv_rows(folder / "places.csv", ["name", "short", "level", "parent"], [r.split("|") for r in PLACES.strip().splitlines()])
    issuers = [r.split("|")[:4] for r in ISSUERS.strip().splitlines()]
    csv_rows(folder / "issuers.csv", ["name", "short", "level", "region"], issuers)
    truth = [
        [
            d.source, d.title, ";".join(d.issuers), d.date, d.number, d.level, d.region, d.kind,
            ";".join(d.authors), ";".join(d.keywords),
        ]
        for d in sorted(documents, key=lambda d: d.source)
    ]  # fmt: skip
    names = ["source", "title", "issuers", "date", "doc_number", "level", "region", "kind", "authors", "keywords"]
    csv_rows(folder / "truth.csv", names, truth)
    return documents


def csv_rows(path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([names, *rows])


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "corpora" / "demo"
    target.mkdir(parents=True, exist_ok=True)
    print(f"{len(write(target))} documents in {target}", file=sys.stderr)
