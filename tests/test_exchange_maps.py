"""Maps and tables in the formats of other programs: every file is read back and held against the published rules."""

import csv
import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from conftest import type_command
from lxml import etree
from small_runs import Text, make_run

from pipeline import store
from pipeline.config import read_settings
from pipeline.errors import NotReadyError, SettingsError
from pipeline.exchange.docbin import pieces
from pipeline.exchange.formats import MAPS, WHOLE_RUNS, export
from pipeline.exchange.gexf import days_of, spells
from pipeline.exchange.maps import distinct, read_maps
from pipeline.records import Cluster, Link, Node, to_table
from pipeline.store import Run, open_run

WILD = ["灯塔", '引"号"', "制表\t符", "=1+2", "𠮷港", "a\\b", "<b>&'", "  两  空", "尾\\", "\x01控"]
PERIODS = ["2020H2", "2021H1", "2021H2"]


def node(name: str, period: str = "all", count: int = 4, cluster: int = 0, kind: str = "term") -> Node:
    place = (sum(map(ord, name)) % 7 / 7, len(name) / 9)
    return Node(period, kind, name, count, cluster, *place, 0.5, 0.25)


def link(a: str, b: str, period: str = "all", count: int = 3, *, backbone: bool = True, kind: str = "term") -> Link:
    return Link(period, kind, *sorted((a, b)), count, 1.5, 0, backbone, 0.01, 0.02)


def run_of(folder: Path, nodes: Sequence[Node], links: Sequence[Link], **settings: Any) -> Run:
    """A run that holds nothing but maps."""
    run = Run(folder, read_settings(None, **settings))
    store.write(folder, "nodes", to_table(list(nodes), Node))
    store.write(folder, "links", to_table(list(links), Link))
    themes = sorted({(one.period, one.kind, one.cluster) for one in nodes if one.cluster >= 0})
    clusters = [Cluster(*theme, f"第{theme[2]}类", 3, 4, 0.5, 0.25, "motor", 0.9, "") for theme in themes]
    store.write(folder, "clusters", to_table(clusters, Cluster))
    store.write_state(folder, {"settings": run.settings.model_dump(mode="json"), "stages": {}})
    return run


@pytest.fixture
def wild(tmp_path: Path) -> Run:
    """A ring of names that files are broken by, on the map of the whole corpus and those of three half-years."""
    ring = list(zip(WILD, WILD[1:] + WILD[:1], strict=True))
    nodes = [node(name, period) for period in ["all", *PERIODS] for name in [*WILD, "无缘"]]
    nodes = [node(one.a, one.period, 1, -1) if one.a == "无缘" else one for one in nodes]
    return run_of(tmp_path, nodes, [link(a, b, period) for period in ["all", *PERIODS] for a, b in ring], period="halfyear")


def lines_of(path: Path, encoding: str = "utf-8") -> list[str]:
    return path.read_bytes().decode(encoding).splitlines()


# ---- which maps


def test_maps_come_by_kind_the_whole_corpus_first(wild: Run) -> None:
    assert [(one.kind, one.period) for one in read_maps(wild)] == [("term", period) for period in ["all", *PERIODS]]
    assert [one.period for one in read_maps(wild, "term", "2021H1")] == ["2021H1"]


def test_links_that_the_report_does_not_draw_are_written_when_asked_for(tmp_path: Path) -> None:
    names = ["甲港", "乙港", "丙港"]
    links = [link("甲港", "乙港"), link("乙港", "丙港", backbone=False)]
    run = run_of(tmp_path, [node(name) for name in names], links)
    for all_links, edges in ((False, 1), (True, 2)):
        files = export(run, "pajek", all_links=all_links)
        assert nx.read_pajek(files[0], encoding="utf-8-sig").number_of_edges() == edges


@pytest.mark.parametrize("form", MAPS)
def test_a_run_without_links_says_what_to_do(form: str, tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="run cooccur first"):
        export(Run(tmp_path / "new", read_settings(None)), form)
    with pytest.raises(NotReadyError, match=r"no links in .*; run cooccur first"):
        export(run_of(tmp_path / "empty", [node("灯塔")], []), form)


def test_what_is_not_there_is_answered_with_what_is(wild: Run) -> None:
    with pytest.raises(SettingsError, match=r"kind 'author'; there are term$"):
        export(wild, "gexf", kind="author")
    with pytest.raises(SettingsError, match=r"period '2031'; there are all, 2020H2, 2021H1, 2021H2$"):
        export(wild, "gexf", period="2031")
    with pytest.raises(SettingsError, match="no format 'gml'; there are vosviewer, gexf, pajek, spacy, xlsx, csv"):
        export(wild, "gml")
    with pytest.raises(SettingsError, match="csv takes the whole run"):
        export(wild, "csv", kind="term")


def test_a_period_without_links_keeps_its_names_only_where_time_is_shown(tmp_path: Path) -> None:
    nodes = [node(name, period) for period in ("all", "2020", "2021") for name in ("甲港", "乙港", "丙港")]
    run = run_of(tmp_path, nodes, [link("甲港", "乙港"), link("甲港", "乙港", "2021")])
    assert len(export(run, "pajek")) == len(export(run, "vosviewer")) == 2 * 3
    assert len(nx.read_gexf(export(run, "gexf")[0]).nodes["丙港"]["spells"]) == 2
    with pytest.raises(NotReadyError, match="no links in 2020; run cooccur with"):
        export(run, "pajek", period="2020")


@pytest.mark.parametrize("form", [*MAPS, "csv"])
def test_the_same_run_gives_the_same_bytes(form: str, wild: Run, tmp_path: Path) -> None:
    first, second = (export(wild, form, folder=tmp_path / name) for name in ("one", "two"))
    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_names_that_look_alike_are_told_apart() -> None:
    assert distinct(["灯塔", "灯\x01塔", "\x02", ""]) == {"灯塔": "灯塔", "灯\x01塔": "灯塔′", "\x02": "?", "": "?′"}


# ---- VOSviewer


def test_vosviewer_json_keeps_the_published_rules(wild: Run) -> None:
    for path in export(wild, "vosviewer"):
        if path.suffix == ".json":
            network = json.loads(path.read_text("utf-8"))["network"]
            ids = [item["id"] for item in network["items"]]
            assert len(set(ids)) == len(ids) >= 3
            assert [item["label"] for item in network["items"]] == [*WILD[:-1], "控", "无缘"]
            assert all(1 <= item["cluster"] <= 1000 and item["weights"]["Occurrences"] >= 0 for item in network["items"])
            assert len({(item["x"], item["y"]) for item in network["items"]}) > 1
            pairs = [frozenset((one["source_id"], one["target_id"])) for one in network["links"]]
            assert len(set(pairs)) == len(pairs) == len(WILD)
            assert set().union(*pairs) <= set(ids) and all(one["strength"] == 3 for one in network["links"])
            assert {one["cluster"] for one in network["clusters"]} <= {item["cluster"] for item in network["items"]}


def test_vosviewer_text_files_hold_the_same_map(wild: Run) -> None:
    files = {path.name: path for path in export(wild, "vosviewer", period="all")}
    assert sorted(files) == ["term-all-map.txt", "term-all-network.txt", "term-all.json"]
    with files["term-all-map.txt"].open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t")
    assert header == ["id", "label", "x", "y", "cluster", "weight<Occurrences>"]
    assert [row[1] for row in rows] == [*WILD[:-1], "控", "无缘"]
    assert files["term-all-map.txt"].read_text("utf-8").count('"') % 2 == 0
    ids = {row[0] for row in rows}
    network = [line.split("\t") for line in lines_of(files["term-all-network.txt"])]
    assert all(len(row) == 3 and {row[0], row[1]} <= ids and float(row[2]) >= 0 for row in network)


def test_clusters_beyond_the_thousandth_are_closed_up(tmp_path: Path) -> None:
    names = [node("甲港", cluster=1200), node("乙港", cluster=1200), node("丙港", cluster=7), node("丁港", cluster=-1)]
    files = export(run_of(tmp_path, names, [link("甲港", "乙港")]), "vosviewer")
    items = json.loads(files[0].read_text("utf-8"))["network"]["items"]
    assert [item["cluster"] for item in items] == [2, 2, 1, 3]


def test_a_map_that_vosviewer_refuses_is_not_written(tmp_path: Path) -> None:
    two = [node("甲港"), node("乙港")]
    with pytest.raises(NotReadyError, match="fewer than 3"):
        export(run_of(tmp_path / "two", two, [link("甲港", "乙港")]), "vosviewer")
    heap = [Node("all", "term", name, 2, 0, 0.0, 0.0, 0.0, 0.0) for name in ("甲港", "乙港", "丙港")]
    files = export(run_of(tmp_path / "heap", heap, [link("甲港", "乙港")]), "vosviewer")
    assert lines_of(files[1])[0] == "id\tlabel\tcluster\tweight<Occurrences>"


def test_a_link_carries_its_sentences_as_safe_html(tmp_path: Path) -> None:
    sentence = "灯塔|<b>|照着|码头|&|船"
    texts = [Text([[sentence]] * 5, {0: ["lights", "quays"]}, date="2020-07-01", facts={"title": "灯<塔>考"})]
    texts += [Text([["灯塔|与|码头"]], date="2021-03-01")]
    run = make_run(tmp_path, texts, period="halfyear")
    nodes = [node(name, period) for period in ("all", "2021H1") for name in ("灯塔", "码头", "船")]
    nodes += [node(name, kind="code") for name in ("lights", "quays", "ropes")]
    links = [link("灯塔", "码头", period) for period in ("all", "2021H1")] + [link("lights", "quays", kind="code")]
    run_of(tmp_path, nodes, links, period="halfyear")
    files = {path.name: path for path in export(run, "vosviewer") if path.suffix == ".json"}
    told = {name: json.loads(path.read_text("utf-8"))["network"]["links"][0]["description"] for name, path in files.items()}
    assert "<p>灯塔&lt;b&gt;照着码头&amp;船<br><i>灯&lt;塔&gt;考 2020-07-01</i></p>" in told["term-all.json"]
    assert told["term-all.json"].startswith("<p>association strength 1.5</p>")
    assert told["term-all.json"].count("<p>") <= 4
    assert "灯塔与码头" in told["term-2021H1.json"] and "照着" not in told["term-2021H1.json"]
    assert "照着码头" in told["code-all.json"]


# ---- GEXF

# the grammar of GEXF 1.3: element → required and optional attributes, elements within
TIME = {"start", "end", "timestamp"}
MOMENTS = TIME | {"intervals", "timestamps"}
GRAMMAR: dict[str, tuple[set[str], set[str], set[str]]] = {
    "gexf": ({"version"}, {"variant"}, {"meta", "graph"}),
    "meta": (set(), {"lastmodifieddate"}, {"creator", "keywords", "description"}),
    "creator": (set(), set(), set()),
    "description": (set(), set(), set()),
    "graph": (set(), {"defaultedgetype", "idtype", "mode", "timeformat", "timerepresentation", "timezone", *TIME}, {"attributes", "nodes", "edges"}),
    "attributes": ({"class"}, {"mode"}, {"attribute"}),
    "attribute": ({"id", "title", "type"}, set(), {"default", "options"}),
    "nodes": (set(), {"count"}, {"node"}),
    "edges": (set(), {"count"}, {"edge"}),
    "node": ({"id"}, {"label", "pid", *MOMENTS}, {"attvalues", "spells", "color", "position", "size", "shape"}),
    "edge": ({"id", "source", "target"}, {"type", "label", "weight", "kind", *MOMENTS}, {"attvalues", "spells", "color", "thickness", "shape"}),
    "attvalues": (set(), set(), {"attvalue"}),
    "attvalue": ({"for", "value"}, TIME, set()),
    "spells": (set(), set(), {"spell"}),
    "spell": (set(), TIME, set()),
    "color": ({"r", "g", "b"}, {"a"}, set()),
    "position": ({"x", "y"}, {"z"}, set()),
    "size": ({"value"}, set(), set()),
}  # fmt: skip
VALUES = {
    "mode": "static|dynamic", "timeformat": "integer|double|date|dateTime", "timerepresentation": "interval", "class": "node|edge",
    "defaultedgetype": "undirected", "version": r"1\.3", "type": "integer|double|string", "weight": r"\d+",
    **dict.fromkeys("rgb", r"\d|\d\d|1\d\d|2[0-4]\d|25[0-5]"), **dict.fromkeys("xyz", r"-?\d+(\.\d+)?"),
    **dict.fromkeys(["start", "end"], r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
}  # fmt: skip
ONCE = {"attvalues", "spells", "color", "position", "size", "nodes", "edges", "graph", "meta"}
Span = tuple[str, str]


def check_gexf(path: Path) -> etree._Element:
    """Hold a file against the grammar and the rules that the primer adds; the root element."""
    root = etree.parse(path).getroot()
    for one in root.iter():
        name = etree.QName(one)
        assert name.namespace == (
            "http://gexf.net/1.3/viz" if name.localname in ("color", "position", "size") else "http://gexf.net/1.3"
        )
        needed, allowed, within = GRAMMAR[name.localname]
        assert needed <= set(one.attrib) <= needed | allowed, name.localname
        inside = [etree.QName(child).localname for child in one]
        assert set(inside) <= within and all(inside.count(child) == 1 for child in ONCE & set(inside))
        for key, value in one.attrib.items():
            if key in VALUES and not (name.localname == "attvalue" and key == "type"):
                assert re.fullmatch(VALUES[key], value), (key, value)
    check_times(root)
    return root


def every(root: etree._Element, name: str) -> list[etree._Element]:
    return list(root.iter(f"{{http://gexf.net/1.3}}{name}"))


def check_times(root: etree._Element) -> None:
    types = {}
    for group in every(root, "attributes"):
        types |= {(group.get("class"), one.get("id")): group.get("mode") for one in every(group, "attribute")}
    lives: dict[str, list[Span]] = {}
    for kind in ("node", "edge"):
        made = every(root, kind)
        assert len({one.get("id") for one in made}) == len(made)
        for one in made:
            life = [(spell.get("start"), spell.get("end", "9999-12-31")) for spell in every(one, "spell")]
            assert apart(life)
            for key in {value.get("for") for value in every(one, "attvalue")}:
                values = [value for value in every(one, "attvalue") if value.get("for") == key]
                when = [(value.get("start"), value.get("end", "9999-12-31")) for value in values if value.get("start")]
                assert len(when) == (len(values) if types[kind, key] == "dynamic" else 0)
                assert apart(when) and set(when) <= set(life)
            if kind == "node":
                lives[one.get("id")] = life
            else:
                for end in (one.get("source"), one.get("target")):
                    assert not lives[end] or (life and set(life) <= set(lives[end]))
    pairs = [frozenset((one.get("source"), one.get("target"))) for one in every(root, "edge")]
    assert len(set(pairs)) == len(pairs) and set().union(*pairs) <= set(lives)


def apart(spans: list[Span]) -> bool:
    """In order, each over before the next begins: both ends belong to an interval."""
    return all(first <= last for first, last in spans) and all(one[1] < other[0] for one, other in pairwise(spans))


def test_gexf_is_valid_and_names_come_back(wild: Run) -> None:
    (path,) = export(wild, "gexf")
    check_gexf(path)
    graph = nx.read_gexf(path)
    assert set(graph) == {*(name.strip() for name in WILD[:-1]), "控", "无缘"}
    assert graph.number_of_edges() == len(WILD)
    found = graph.nodes["灯塔"]
    assert found["count"] == [(4, "2020-07-01", "2020-12-31"), (4, "2021-01-01", "2021-06-30"), (4, "2021-07-01", "2021-12-31")]
    assert found["spells"] == [when[1:] for when in found["count"]]
    assert found["occurrences"] == 4 and found["label"] == "灯塔" and found["cluster"] == 0
    held = graph.edges["灯塔", '引"号"']
    assert held["weight"] == 3 and held["strength"][1] == (1.5, "2021-01-01", "2021-06-30")


def test_a_link_lives_only_while_both_its_ends_do(tmp_path: Path) -> None:
    where = {"甲港": PERIODS, "乙港": PERIODS[1:], "丙港": PERIODS[:1], "丁港": []}
    nodes = [node(name, period) for name, of in where.items() for period in ["all", *of]]
    links = [
        link("甲港", "乙港"),
        link("甲港", "乙港", "2021H1"),
        link("乙港", "丙港"),
        link("甲港", "丙港"),
        link("甲港", "丁港"),
    ]
    # drawn on no map of the whole corpus, in one period only, with its value also where it is not drawn
    links += [link("丙港", "甲港", "2020H2", 2, backbone=False), link("乙港", "甲港", "2021H2", 5, backbone=False)]
    (path,) = export(run_of(tmp_path, nodes, links), "gexf")
    check_gexf(path)
    graph = nx.read_gexf(path)
    assert [value[0] for value in graph.edges["甲港", "乙港"]["count"]] == [3, 5]
    assert graph.edges["甲港", "丙港"]["count"] == [(2, "2020-07-01", "2020-12-31")]
    assert not graph.has_edge("乙港", "丙港")  # no period holds both
    assert graph.edges["甲港", "丁港"]["spells"][0] == ("2020-07-01", "2020-12-31")  # 丁港 is undated: always there


@pytest.mark.parametrize("period", ["all", "2021H1"])
def test_one_map_alone_is_a_file_of_its_own(period: str, wild: Run) -> None:
    (path,) = export(wild, "gexf", period=period)
    root = check_gexf(path)
    assert every(root, "graph")[0].get("mode") == ("static" if period == "all" else "dynamic")
    assert nx.read_gexf(path).number_of_edges() == len(WILD)


@pytest.mark.parametrize(
    ("label", "days"),
    [
        ("2021", ("2021-01-01", "2021-12-31")),
        ("2021H2", ("2021-07-01", "2021-12-31")),
        ("2021Q1", ("2021-01-01", "2021-03-31")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2021–2025", ("2021-01-01", "2025-12-31")),
        ("2012-11–2017-09", ("2012-11-01", "2017-09-30")),
        ("2017-10–", ("2017-10-01", None)),
        ("2019H2–2020H1", ("2019-07-01", "2020-06-30")),
    ],
)
def test_a_period_is_told_by_its_first_and_last_day(label: str, days: tuple[str, str | None]) -> None:
    assert days_of(label) == days


def test_sliding_periods_end_where_the_next_begins() -> None:
    assert spells(["2019–2021", "2020–2022"]) == {
        "2019–2021": ("2019-01-01", "2019-12-31"),
        "2020–2022": ("2020-01-01", "2022-12-31"),
    }


def test_a_period_that_is_still_open_is_valid_too(tmp_path: Path) -> None:
    nodes = [node(name, period) for period in ("all", "2012–2016", "2017–") for name in ("甲港", "乙港")]
    (path,) = export(run_of(tmp_path, nodes, [link("甲港", "乙港", period) for period in ("all", "2017–")]), "gexf")
    root = check_gexf(path)
    assert [dict(spell.attrib) for spell in every(every(root, "edge")[0], "spell")] == [{"start": "2017-01-01"}]


# ---- Pajek


def test_pajek_files_belong_together_and_come_back(wild: Run) -> None:
    files = export(wild, "pajek")
    assert [path.name for path in files[:3]] == ["term-all.net", "term-all.clu", "term-all.vec"] and len(files) == 12
    net, clu, vec = files[:3]
    assert net.read_bytes().startswith(b"\xef\xbb\xbf*Vertices 11\r\n") and b"\n" not in net.read_bytes().replace(b"\r\n", b"")
    graph = nx.read_pajek(net, encoding="utf-8-sig")
    assert list(graph) == ["灯塔", "引＂号＂", "制表 符", "=1+2", "𠮷港", "a＼b", "<b>&'", "两 空", "尾＼", "控", "无缘"]
    assert graph.number_of_edges() == len(WILD) and {one["weight"] for *_, one in graph.edges(data=True)} == {3}
    assert lines_of(clu) == ["*Vertices 11", *["1"] * 10, "0"]
    assert lines_of(vec) == ["*Vertices 11", *["4"] * 10, "1"]
    places = [re.fullmatch(r'\d+ "[^"]+" ([01]\.\d{4}) ([01]\.\d{4}) 0\.5000', line) for line in lines_of(net, "utf-8-sig")[1:12]]
    assert all(place and all(0 <= float(one) <= 1 for one in place.groups()) for place in places)


# ---- spaCy


def test_every_code_is_a_span_at_its_offsets(tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import DocBin

    texts = [
        Text([["灯塔|照着|码头", "𠮷港|修缮"], ["各县|应当"]], {0: ["lights", "quays"], 1: ["-lights"], 2: ["counties"]}),
        Text([["重复"]], facts={"duplicate_of": "0"}),
    ]
    run = make_run(tmp_path, texts)
    (path,) = export(run, "spacy")
    docs = list(DocBin().from_disk(path).get_docs(spacy.blank("zh").vocab))
    rows = run.table("documents", ["doc_id", "text", "duplicate_of"]).to_pylist()
    assert [(doc.user_data["doc_id"], doc.text) for doc in docs] == [
        (row["doc_id"], row["text"]) for row in rows if not row["duplicate_of"]
    ]
    found = {(span.label_, span.start_char, span.end_char, span.text) for span in docs[0].spans["codes"]}
    assert {(label, text) for label, _, _, text in found} == {
        ("lights", "灯塔照着码头"),
        ("quays", "灯塔照着码头"),
        ("counties", "各县应当"),
    }
    tags = run.table("tags", ["code", "start", "end"]).to_pylist()
    assert {one[:3] for one in found} <= {(tag["code"], tag["start"], tag["end"]) for tag in tags}
    assert [sent.text for sent in docs[0].sents] == ["灯塔照着码头。", "𠮷港修缮。", "各县应当"]
    assert "照着" in [token.text for token in docs[0]]
    assert path.read_bytes() == export(run, "spacy", folder=tmp_path / "again")[0].read_bytes()


def test_no_space_is_lost_between_words() -> None:
    text = " 甲 乙  丙\n 丁 "
    words, spaces, starts = pieces(text, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    assert "".join(word + " " * space for word, space in zip(words, spaces, strict=True)) == text
    assert all(text[start : start + len(word)] == word for start, word in zip(starts, words, strict=True))
    assert words == [" ", "甲", "乙", " ", "丙", "\n", "丁"]


def test_files_of_an_earlier_number_of_parts_are_gone(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", [Text([["灯塔"]])])
    old = tmp_path / "run" / "exchange" / "spacy" / "part-3f.spacy"
    store.write_bytes(old, b"old")
    assert [path.name for path in export(run, "spacy")] == ["part-all.spacy"] and not old.exists()


# ---- tables


def test_csv_holds_every_row_as_it_is(wild: Run) -> None:
    files = {path.stem: path for path in export(wild, "csv")}
    assert sorted(files) == ["clusters", "links", "nodes"]
    assert files["nodes"].read_bytes().startswith(b"\xef\xbb\xbfperiod,kind,a,")
    with files["nodes"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["a"] for row in rows] == wild.table("nodes").column("a").to_pylist()
    assert [float(row["x"]) for row in rows] == wild.table("nodes").column("x").to_pylist()


def test_lists_are_json_and_what_is_unknown_is_empty(tmp_path: Path) -> None:
    run = make_run(tmp_path, [Text([["灯塔|修缮"]], date=None, facts={"issuers": ['岚"国', "海;务部"]})])
    files = {path.stem: path for path in export(run, "csv", folder=tmp_path)}
    with files["documents"].open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert json.loads(row["issuers"]) == ['岚"国', "海;务部"] and row["date"] == ""
    assert json.loads(row["blocks"])[0]["kind"] == "paragraph"


def test_the_workbook_is_that_of_the_report(demo_run: Path, tmp_path: Path) -> None:
    (path,) = export(open_run(demo_run), "xlsx", folder=tmp_path)
    assert path.read_bytes() == (demo_run / "tables.xlsx").read_bytes()
    with pytest.raises(NotReadyError, match="make it with: wenmai report"):
        export(make_run(tmp_path / "bare", [Text([["灯塔"]])]), "xlsx")


# ---- the command, on the shipped corpus


@pytest.mark.parametrize("form", [*MAPS, *WHOLE_RUNS])
def test_the_demo_is_exported_in_every_format(form: str, demo_run: Path, tmp_path: Path) -> None:
    done = type_command(demo_run, "export", ".", "--as", form, "-o", str(tmp_path))
    assert done.returncode == 0, done.stderr
    files = [Path(line) for line in done.stdout.splitlines()]
    assert files and {path.name for path in files} == {path.name for path in tmp_path.iterdir()}
    for path in files:
        if form == "gexf":
            check_gexf(path)
            assert nx.read_gexf(path).number_of_edges() > 3
        elif path.suffix == ".net":
            assert nx.read_pajek(path, encoding="utf-8-sig").number_of_edges() > 0
        elif path.name == "term-all.json":
            links = json.loads(path.read_text("utf-8"))["network"]["links"]
            assert sum("<br>" in one["description"] for one in links) > len(links) / 2


def test_a_wrong_choice_ends_with_the_choices_and_code_2(demo_run: Path) -> None:
    done = type_command(demo_run, "export", ".", "--as", "gexf", "--kind", "word")
    assert done.returncode == 2 and "there are term, code" in done.stderr
