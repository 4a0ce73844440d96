"""Which encoding a text file has: byte order mark, strict UTF-8, then whichever gives the most common characters."""

import codecs

from pipeline.ingest.parsed import SetAside

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_SHORT = 120  # bytes; a few words can be rare ones
_SAMPLE = 200_000  # bytes looked at to compare encodings
COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定"
    "行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其"
    "些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建"
    "月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接"
    "知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器"
    "压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议"
    "声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复"
    "容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标"
    "写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严首底液官德随"
    "病苏失尔死讲配女黄推显谈罪神艺呢席含企望密批营项防举球英氧势告李台落木帮轮破亚师围注远字材排供河态封另施减树溶怎"
    "止案言士均武固叶鱼波视仅费紧爱左章早朝害续轻服试食充兵源判护司足某练差致板田降黑犯负击范继兴似余坚曲输修故城夫够"
    "送笔船占右财吃富春职觉汉画功巴跟虽杂飞检吸助升阳互初创抗考投坏策古径换未跑留钢曾端责站简述钱副尽帝射草冲承独令限"
    "阿宣环双请超微让控州良轴找否纪益依优顶础载倒房突坐粉敌略客袁冷胜绝析块剂测丝协诉念陈仍罗盐友洋错苦夜刑移频逐靠混"
    "母短皮终聚汽村云哪既距卫停烈央察烧迅境若印洲刻括激孔搞甚室待核校散侵吧甲游久菜味旧模湖货损预阻毫普稳乙妈植息扩银"
    "语挥酒守拿序纸医缺雨吗针刘啊急唱误训愿审附获茶鲜粮斤孩脱硫肥善龙演父渐血欢械掌歌沙刚攻谓盾讨晚粒乱燃矛乎杀药宁鲁"
    "贵钟煤读班伯香介迫句丰培握兰担弦蛋沉假穿执答乐谁顺烟缩征脸喜松脚困异免背星福买染井概慢怕磁倍祖皇促静补评翻肉践尼"
    "衣宽扬棉會後長這個們來時對說國過發學經動實業進開關與為無義機體種現點問題當兩結論應權決變條總數資產設員計際許議專"
    "區華單電東車馬門間見聞風從於將還沒處務據網樣標準統據報選總導辦級組織領導認識調關係內還應該並類價"
)


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str, int]:
    """A text, its encoding and the number of places that could not be decoded (U+FFFD stands there).

    Raises SetAside: no encoding gives Chinese or any other readable text.
    """
    name = encoding or encoding_of(data)
    text = data.decode(name, "replace")
    broken = text.count("\ufffd") - (data.count(b"\xef\xbf\xbd") if name.startswith("utf-8") else 0)
    return text, name, max(broken, 0)


def encoding_of(data: bytes) -> str:
    """The encoding of a text: by its mark, as strict UTF-8, else the one that reads best. Raises SetAside when none does."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(data, True)
        if b"\x00" not in data[:_SAMPLE]:
            return "utf-8"
    except UnicodeDecodeError:
        pass
    sample = data[:_SAMPLE]
    score, name = max((_score(sample, name), name) for name in ("big5hkscs", "gb18030", "utf-16-be", "utf-16-le", "utf-8"))
    if score < (0.2 if len(data) < _SHORT else 0.4):
        raise SetAside("corrupt", "no encoding gives readable text; set ingest.encoding if you know it, or save it as UTF-8")
    return name


def _score(sample: bytes, name: str) -> float:
    """The share of common characters among those that are not ASCII, less what could not be decoded or is not text."""
    text = sample[: len(sample) // 2 * 2].decode(name, "replace")
    if not text:
        return 0.0
    wild = [character for character in text if character > "\x7f"]
    bad = sum(1 for c in text if (c < " " and c not in "\t\n\r\x0c") or c == "\ufffd" or "\ue000" <= c <= "\uf8ff")
    common = sum(1 for character in wild if character in COMMON or character in "，。、；：？！“”‘’（）《》　—…·①②③④⑤〔〕【】％")
    return (common / len(wild) if wild else 1.0) - 3 * bad / len(text)
