"""What the fields of metadata are called: as headers of tables, in the front of a Markdown file, in the table of facts of a web page."""

import re
import unicodedata
from itertools import chain

# field: what it may be called, normalised; of several columns of a table the one whose name stands first is taken
NAMES: dict[str, tuple[str, ...]] = {
    "title": ("标题", "题名", "篇名", "文件名称", "政策名称", "政策标题", "文件标题", "法规名称", "法規名稱", "名称", "title", "policytitle",
              "documenttitle", "doctitle", "articletitle", "name"),
    "text": ("正文", "全文", "内容", "政策内容", "正文内容", "文本", "政策文本", "原文", "法規內容", "content", "fulltext", "text",
             "policycontent", "body", "documenttext", "policytext"),
    "written": ("成文日期", "成文时间", "发文日期", "发文时间", "印发日期", "印发时间", "签发日期", "生成日期", "最新異動日期", "signdate", "written"),
    "published": ("发布日期", "发布时间", "公布日期", "公布时间", "公开日期", "颁布日期", "发表时间", "发表日期", "出版时间", "出版日期", "releasetime",
                  "releasedate", "publishdate", "publicationdate", "pubdate", "pubtime", "publishtime", "published"),
    "date": ("日期", "时间", "date", "issuedate", "time"),
    "year": ("年份", "年", "年度", "发表年份", "出版年", "year", "pubyear", "publicationyear"),
    "issuers": ("发文机关", "发文机构", "发文单位", "发布机构", "发布机关", "发布单位", "制定机关", "颁布机关", "公开主体", "机构", "来源部门",
                "releasedepartment", "issuer", "issuers", "issuingbody", "department", "agency", "releaseoffice"),
    "doc_number": ("文号", "发文字号", "发文号", "文件号", "docnumber", "documentnumber", "releasenumber"),
    "region": ("省份", "省", "省市", "地区", "地域", "区域", "城市", "province", "region", "city", "area"),
    "addressees": ("主送机关", "主送单位", "主送", "addressees"),
    "level": ("层级", "level"),
    "kind": ("文献类型", "kind"),
    "authors": ("作者", "authors", "author"),
    "keywords": ("关键词", "关键字", "keywords", "keyword", "authorkeywords", "主题词"),
    "abstract": ("摘要", "内容摘要", "中文摘要", "abstract", "summary"),
    "affiliations": ("作者单位", "作者机构", "单位", "addresses", "affiliations", "affiliation"),
    "journal": ("期刊", "刊名", "期刊名称", "文献来源", "来源期刊", "来源刊名", "journal", "journaltitle", "sourcetitle"),
    "volume": ("卷", "卷号", "volume"),
    "issue": ("期", "期号", "issue"),
    "page_range": ("页码", "起止页码", "pages", "pagerange"),
    "doi": ("doi", "doidoi"),
    "funds": ("基金", "基金项目", "资助基金", "funds", "funding", "fundingorgs"),
    "file": ("文件名", "文件路径", "路径", "file", "filename", "filepath", "path"),  # that a row speaks of
}  # fmt: skip
KNOWN = frozenset(chain.from_iterable(NAMES.values()))
# beside fields that are kept, a table of facts has these
_NO_FIELDS = (
    "索引号", "主题分类", "主题词", "信息索引", "有效性", "时效性", "效力状态", "公文时效", "分类", "体裁分类", "公开类别", "信息来源", "来源", "公开方式",
    "体裁", "语种",
)  # fmt: skip
_ON_PAGES = ("title", "written", "published", "issuers", "doc_number", "keywords")
_EVERYDAY = ("机构", "来源部门", "题名", "篇名")  # what also heads a column of figures
# what the left cell of a table of facts of a web page says → field, "" where none is kept of it
ON_PAGES = {
    name: field for field in _ON_PAGES for name in NAMES[field] if not name.isascii() and name not in _EVERYDAY
} | dict.fromkeys(_NO_FIELDS, "")
_FIELD_OF = {name: field for field, names in reversed(NAMES.items()) for name in names}


def normal(name: str) -> str:
    """A name as it is compared: no case, spaces, punctuation, bracketed remark, and of Title-题名 the Chinese part."""
    name = re.sub(r"^[A-Za-z]{2,20}-(?=[\u4e00-\u9fff])", "", name[:200].strip())
    plain = re.sub(r"[（(\[【].*?[)）\]】]", "", unicodedata.normalize("NFKC", name)) or name
    return re.sub(r"[\W_]+", "", plain.lower())


def field_of(name: str) -> str | None:
    """The field a name stands for, in any spelling; none if it stands for none."""
    return name if name in NAMES else _FIELD_OF.get(normal(name))
