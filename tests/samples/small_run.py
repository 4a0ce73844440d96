"""A small run with every table filled, written without the stages: what the report is tested on. All text is made up."""

import random
import sys
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.config import read_settings
from pipeline.records import (
    TABLES,
    Block,
    Burst,
    Cluster,
    Context,
    DocTopic,
    Document,
    Evolution,
    Input,
    Link,
    LinkChange,
    Node,
    Segment,
    Tag,
    TopicCode,
    TopicFlow,
    TopicLink,
    TopicParagraph,
    TopicQuality,
    TopicSummary,
    TopicTerm,
    TopicWord,
    to_table,
)
from pipeline.store import Run

sys.path.insert(0, str(Path(__file__).parent))
from small_tables import write_downward, write_framework, write_moves, write_sides, write_trends

SPEECH = {
    "technology_empowerment": ("运用大数据监测河道水情", "大数据", "measure"),
    "institutional_adaptation": ("修订数据授权管理办法", "管理办法", "measure"),
    "silos.barrier": ("部门之间的信息孤岛依然存在", "信息孤岛", "problem"),
    "silos.bridging": ("推动跨部门的数据共享", "跨部门", "measure"),
    "standardization": ("制定接口规范和数据标准", "数据标准", "measure"),
    "environment_demand": ("群众办事的需求日益多样", "需求", "description"),
}
WORDS = (
    "大数据",
    "监测",
    "水情",
    "数据",
    "授权",
    "管理办法",
    "部门",
    "信息孤岛",
    "跨部门",
    "共享",
    "接口",
    "规范",
    "标准",
    "群众",
    "需求",
)
PLAIN = ("本办法自发布之日起施行", "各单位应当按时报送年度总结", "会议听取了春耕工作的汇报", "档案室完成了库房的搬迁")
REGIONS = (("central", None), ("province", "松汀省"), ("province", "朔川省"), ("city", "临溪市"))


def small_run(
    folder: Path, *, documents: int = 48, title: str = "关于推进数字治理的通知", dated: bool = True, **settings: Any
) -> Run:
    """Write a run of so many documents, 2018 to 2023, four sentences with codes and four without in each."""
    run = Run(folder, read_settings(None, **settings))
    draw = random.Random(1)
    rows: dict[str, list[Any]] = {name: [] for name in TABLES}
    for number in range(documents):
        _write_document(rows, number, draw, title, dated)
    rows["inputs"] += [
        Input("来件/坏.docx", "", 12, "corrupt", "not a zip file, whatever its name says; get it again from where it came", None),
        Input("来件/=1+2.pdf", "ab", 40, "encrypted", "needs a password to open; save it without one", None),
    ]
    _write_topics(rows, documents)
    _write_map(rows)
    if dated:
        codes = sorted(SPEECH)
        write_trends(rows, list(SPEECH), draw)
        write_moves(rows, codes)
        write_sides(rows, codes, WORDS)
        write_framework(rows, codes)
        if documents > 3:
            write_downward(rows)
    for name, kind in TABLES.items():
        store.write(folder, name, to_table(rows[name], kind))
    reasons = {} if dated else {"trends": {"reason": "no document has a date"}}
    store.write_state(folder, {"stages": reasons, "settings": run.settings.model_dump(mode="json")})
    return run


def _write_document(rows: dict[str, list[Any]], number: int, draw: random.Random, title: str, dated: bool) -> None:
    doc_id = f"{number * 2654435761 % 2**32:08x}".ljust(20, "0")
    level, region = REGIONS[number % 4]
    year = 2018 + number // 4 % 6
    codes = draw.sample(sorted(SPEECH), 4)
    sentences = [SPEECH[code][0] + "。" for code in codes] + [text + "。" for text in PLAIN]
    text, start = "".join(sentences), 0
    for order, sentence in enumerate(sentences):
        seg_id, end = f"{doc_id}-{order:06d}", start + len(sentence)
        tokens, starts = _tokens(sentence, start)
        rows["segments"].append(Segment(seg_id, doc_id, order, start, end, "sentence", tokens, starts, ["n"] * len(tokens)))
        stance = SPEECH[codes[order]][2] if order < 4 else "description"
        rows["contexts"].append(Context(doc_id, seg_id, stance, False))
        if order < 4:
            code = codes[order]
            surface = SPEECH[code][1]
            at = text.index(surface, start)
            place = (at, at + len(surface))
            rows["tags"].append(
                Tag(doc_id, seg_id, code, surface, surface, *place, "term", stance, False, False, "rule", None, None)
            )  # fmt: skip
        start = end
    source = f"来件/文件{number:03d}.txt"
    rows["inputs"].append(Input(source, doc_id * 3, len(text), "ok", "", doc_id))
    date = (f"{year}-0{1 + number % 9}-12", "day") if dated else (None, "none")
    blocks, issuer, kind = (
        [Block(0, len(text), "paragraph")],
        "松汀省数据局" if region else "岚国数据部",
        "policy" if number % 5 else "report",
    )
    rows["documents"].append(
        Document(doc_id, source, "txt", f"{title}（{number}）", *date, [issuer], level, region, f"松数发〔{year}〕{number}号",
                 kind, [], [], None, "zh", text, len(text), [0], "ok", None, None, blocks, [], "松汀省" if region == "临溪市" else region,
                 issuers_today=[issuer])
    )  # fmt: skip


def _tokens(sentence: str, start: int) -> tuple[list[str], list[int]]:
    """Words of the list, longest first, and single characters."""
    tokens, starts, at = [], [], 0
    while at < len(sentence):
        word = max((word for word in WORDS if sentence.startswith(word, at)), key=len, default=sentence[at])
        tokens.append(word)
        starts.append(start + at)
        at += len(word)
    return tokens, starts


def _write_topics(rows: dict[str, list[Any]], documents: int) -> None:
    for topic in range(3):
        terms = WORDS[topic * 5 : topic * 5 + 5]
        rows["topics"] += [
            TopicTerm("all", topic, rank, term, 0.3 / rank, "·".join(terms[:3])) for rank, term in enumerate(terms, 1)
        ]
    for document in rows["documents"]:
        shares = [0.6, 0.3, 0.1] if int(document.doc_id, 16) % 2 else [0.2, 0.2, 0.6]
        rows["doc_topics"] += [DocTopic(document.doc_id, topic, share) for topic, share in enumerate(shares)]
        start = len(document.title) % 5
        for topic, kind in ((0, "typical"), (1, "borderline")):
            if sum(row.topic == topic for row in rows["topic_paragraphs"]) < 3:
                rank = 1 + sum(row.topic == topic for row in rows["topic_paragraphs"])
                other = None if kind == "typical" else 2
                rows["topic_paragraphs"].append(TopicParagraph(topic, kind, rank, document.doc_id, start, start + 40, 0.5, other))
    for k in (2, 3, 5):
        rows["topic_quality"].append(TopicQuality(k, 0, 3, 0.05 * k, 0.01, 0.6, 0.9, 0.7, 0.5, k == 3))
    why = "does not come out again: 0.31 alike in other samples of the documents"
    for topic, steady in enumerate((0.9, 0.7, 0.31)):
        label, code = "·".join(WORDS[topic * 5 : topic * 5 + 3]), sorted(SPEECH)[0] if topic == 0 else None
        told = (0.1, 0.6, steady, steady - 0.1, min(1, steady + 0.1), "kept", 0.9, why if steady < 0.5 else "")
        rows["topic_summary"].append(TopicSummary(topic, label, 0.4 - 0.1 * topic, code, *told))
        for at, name in enumerate(sorted(SPEECH)):
            lift = (0.4, 1.1, 2.6)[(topic + at) % 3]
            rows["topic_codes"].append(
                TopicCode(topic, name, 0.2, 0.1, lift, lift / 2, lift * 2, 0.2 if lift == 1.1 else 0.01, "")
            )
        for other in range(topic + 1, 3):
            rows["topic_links"].append(TopicLink(topic, other, 0.3, -0.2))
        for up, term in zip((1, -1), WORDS[topic * 5 : topic * 5 + 2], strict=True):
            rows["topic_words"].append(
                TopicWord(topic, term, "2018–2020", "2021–2023", 0.05, 0.1, up * 0.7, up * 0.7 - 0.2, up * 0.7 + 0.2, 0.01)
            )
    rows["topic_flow"] += [TopicFlow("2018", 0, "2019", 0, 0.8, "continued"), TopicFlow("2018", None, "2019", 1, None, "born")]


def _write_map(rows: dict[str, list[Any]]) -> None:
    draw = random.Random(2)
    places = {name: (round(draw.uniform(-1, 1), 3), round(draw.uniform(-1, 1), 3)) for name in (*WORDS, *SPEECH)}
    for period in ("all", "2018", "2020", "2023"):
        for kind, names in (("term", WORDS), ("code", tuple(sorted(SPEECH)))):
            for at, name in enumerate(names):
                rows["nodes"].append(Node(period, kind, name, 40 - 2 * at, at % 3, *places[name], 1.5, 2.5))
            for at in range(len(names) - 1):
                a, b = sorted((names[at], names[at + 1]))
                rows["links"].append(
                    Link(period, kind, a, b, 12 - at % 5, 1.0 + at % 4, 0, at % 7 != 6, 0.01, 0.03 + 0.1 * (at % 2))
                )
            for number in range(3):
                leading = " · ".join(names[number::3][:2])
                alike = 0.34 if number == 2 else 0.91
                why = "does not come out again: 0.34 alike in other samples of the documents" if number == 2 else ""
                place = (2.0 + number, 3.0 - number, ("niche", "motor", "basic")[number])
                rows["clusters"].append(Cluster(period, kind, number, leading, len(names[number::3]), 40, *place, alike, why))
    for before, after in (("2018", "2020"), ("2020", "2023")):
        for number in range(3):
            rows["evolution"].append(Evolution("term", before, number, after, number, 3, 0.75, 0.8, 0.6))
        ends = (before, after)
        rows["link_changes"].append(
            LinkChange("term", *sorted(WORDS[:2]), *ends, "stronger", 4, 11, 1.0, 2.5, 0.3, 1.5, 0.01, "")
        )
        why = f"fewer than 5 documents in {after}: no interval"
        rows["link_changes"].append(
            LinkChange("term", *sorted(WORDS[1:3]), *ends, "entry", 0, 4, None, 2.5, None, None, None, why)
        )
    rows["bursts"] += [Burst("term", WORDS[0], level, "2020", "2023", 9.0 / level, 30, 90) for level in (1, 2)]
