"""Layouts with a label in brackets or words before each line: NoteExpress, CNKI E-Study (知网研学), CNKI 自定义 and CSSCI."""

import re
from collections.abc import Collection, Iterator

from pipeline.config import IngestSettings
from pipeline.ingest.parsed import Member
from pipeline.ingest.readers.bibliography.records import Dialect, Field, members
from pipeline.ingest.readers.bibliography.tagged import lines_of, records_of

_NOTEEXPRESS = Dialect(
    {
        "type": ("Reference Type",), "school": ("Publisher",), "title": ("Title",), "authors": ("Author",),
        "affiliations": ("Author Address",), "journal": ("Journal", "Tertiary Title", "Secondary Title"), "year": ("Year", "Date"),
        "published": ("Date",), "volume": ("Volume",), "issue": ("Issue",), "page_range": ("Pages",), "keywords": ("Keywords",),
        "abstract": ("Abstract",), "doi": ("DOI",), "funds": ("Funding", "Fund"),
    }
)  # fmt: skip
_CNKI = Dialect(
    {
        "title": ("题名", "篇名", "标题"), "authors": ("作者",), "affiliations": ("单位", "机构", "作者单位"),
        "journal": ("文献来源", "刊名", "来源"), "year": ("年", "年份", "出版时间", "发表时间"), "published": ("出版时间", "发表时间"),
        "volume": ("卷",), "issue": ("期",), "page_range": ("页码",), "keywords": ("关键词",), "abstract": ("摘要",), "doi": ("DOI",),
        "funds": ("基金",),
    }
)  # fmt: skip
_CSSCI = Dialect(
    {
        "title": ("来源篇名",), "authors": ("来源作者",), "affiliations": ("机构名称", "第一机构"), "journal": ("期刊",),
        "year": ("年代卷期",), "volume": ("年代卷期",), "issue": ("年代卷期",), "page_range": ("年代卷期",), "keywords": ("关键词",),
        "funds": ("基金",), "references": ("参考文献",),
    },
    parts={  # 2019,40(010):3-19
        "volume": re.compile(r"^\s?\d{4}[,，]\s?0*(\d+)[(（]"),
        "issue": re.compile(r"[(（]0?(\w{1,12}?)(?:(?<=[(（]\d\d)0)?[)）]"),  # two digits and a zero: 010 is issue 1, 120 issue 12
        "page_range": re.compile(r"[)）]\s?[:：]\s?(.{1,60})$"),
    },
    dividers=dict.fromkeys(("authors", "keywords", "funds"), "/"),
)  # fmt: skip


def noteexpress(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """Records of a NoteExpress file (.net): {Title}: …"""
    lines, doubt = lines_of(data, settings)
    yield from members(records_of(lines, _noteexpress_field, lambda tag, _: tag == "Reference Type"), _NOTEEXPRESS, doubt)


def _noteexpress_field(line: str) -> Field | None:
    found = re.match(r"[ \t]{0,4}\{([^{}]{1,40})\} ?([:：])(.*)$", line)
    return Field(found[1].strip(", "), found[3], "colon of full width" if found[2] == "：" else "") if found else None


def estudy(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """Records of an export for CNKI E-Study: each begins with DataType."""
    lines, doubt = lines_of(data, settings)
    yield from members(records_of(lines, _cnki_field, lambda tag, _: tag == "DataType"), _CNKI, doubt)


def cnki(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """Records of a CNKI 自定义 export. Its fields are the user's choice: the first one begins each record, or one that comes again."""
    lines, doubt = lines_of(data, settings)
    first = next(filter(None, map(_cnki_field, lines)), None)

    def begins(tag: str, before: Collection[str]) -> bool:
        return (first is not None and tag == first.tag) or tag in before

    yield from members(records_of(lines, _cnki_field, begins), _CNKI, doubt)


def _cnki_field(line: str) -> Field | None:
    found = re.match(r"(DataType|[A-Za-z]{2,20}-(?:[\u4e00-\u9fff]{1,10}|DOI)) ?[:：](.*)$", line)
    return Field(found[1], found[2]) if found else None


def cssci(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """Records of a CSSCI export, with the references they cite."""
    lines, doubt = lines_of(data, settings)
    yield from members(records_of(lines, _cssci_field, lambda tag, _: tag == "来源篇名"), _CSSCI, doubt)


def _cssci_field(line: str) -> Field | None:
    if line.startswith("-----"):
        return Field("-", "")  # between records
    found = re.match(r"【([\u4e00-\u9fff \u3000]{2,10})】(.*)$", line)
    return Field(re.sub(r"\s", "", found[1]), found[2]) if found else None
