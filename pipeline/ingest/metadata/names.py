"""Names of authors in a reference: where they end, and one by one."""

import re

from pipeline.ingest.clean import HAN

CAPITAL = "A-Z\u00c0-\u00de\u0100-\u024f\u0410-\u042f"  # Latin ones with marks included

_MANY = 60  # authors of a paper in particle physics are not listed in full
_ET_AL = re.compile(r"[,，、]?\s?(?:\bet\.?\s?al\b|\band others\b|等(?=[\s.,:，。．：]|$|主?编|著|译))[\s.,:]*")
_FROM = re.compile(rf"\s?[\[(][{HAN}]{{1,6}}[\])]\s?")  # [德], (美)
_ROLE = re.compile(
    r"\s?(?:主\s?编|编著|编译|译注|校注|[著编译撰])[.,:]?\s?$|\s?\((?:Eds?|主编|编著?|译)\.?\)\s?$|,?\s\bEds?\.?\s?$",
    re.IGNORECASE,
)
_HAN_NAME = re.compile(
    rf"[{HAN}]{{1,4}}|[{HAN}]{{1,8}}(?:[·•・-]\s?(?:[{HAN}]{{1,8}}|[A-Z])){{1,3}}|(?:[A-Z]\.?){{1,3}}[·•・]?[{HAN}]{{1,8}}"
)
_NOT_A_NAME = re.compile("[的与及论]|研究|分析|问题|理论|视角|治理|发展|政策")
_BODY = re.compile(r"(?:[部委局院会社所室厅署网组库报党办]|中心|大学|公司|办公室|百科|政府|银行|集团|课题组|统计局|法院|图书馆)$")
_ONE_NAME = re.compile(
    rf"(?:[a-z]{{2,4}} ){{0,2}}[^\W\d_'’-]+(?:['’-][^\W\d_]+)?, ?[^\W\d_]+(?:[ .-][{CAPITAL}]\.?)*"
)  # Smith, John A.; not Smith J
_PUBLISHED = re.compile(
    rf"[{HAN}]{{2,8}}:\s?[^.,]{{2,20}}(?:出版社|出版集团|书局|书店|印书馆|书社)"
)  # what stands before it is a title
_PARTICLE = "van|von|der|den|de|di|da|du|la|le|el|al|bin|ter|ten|dos|del|della|des|zu|of|for|the|on|ibn|y|and"
_WORD = re.compile(
    rf"(?:{_PARTICLE})|[à-ÿ]|[{CAPITAL}〓]\w*(?:['’ˇ〓?-]\w*){{0,4}}|(?:[{CAPITAL}][.-]{{1,2}}){{1,4}}[{CAPITAL}]?|[\w'’]{{1,8}}['’-][{CAPITAL}]\w*"
)
_INITIALS = re.compile(rf"(?:[{CAPITAL}]\.?[\s-]?){{1,4}}")
_FIRST_NAMES = re.compile(rf"(?:^|[,&;]\s?|\band\s)(?:[{CAPITAL}]\.\s?)*[{CAPITAL}]$")
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹"
    "熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔向汤祝骆楚聂欧阳肖庄俞施柳鲍章梅季温华樊殷"
)


def names_end(text: str, *, sure: bool = False) -> tuple[int, int] | None:
    """Where the names that an entry begins with end, and where its title begins; none if it does not begin with names.

    Args:
        sure: a title must follow, so that a body may stand alone before it: 某某网. 题名[EB/OL].
    """
    if empty := re.match(r"\s?\.+\s?", text):  # CSSCI prints nobody as nothing: 5..题名
        return 0, empty.end()
    if (more := _ET_AL.search(text[:600])) and are_names(text[: more.start()]):
        return more.start(), more.end()
    for stop in list(re.finditer(r"\.\s*|:\s*", text[:400]))[:12]:
        before, after = text[: stop.start()], text[stop.end() : stop.end() + 40]
        initial = re.search(rf"\b[{CAPITAL}]$", before[-3:]) and re.match(rf"[{CAPITAL}](?:[.,;]|\s[A-Z]?\.)|[,&;-]|and\b", after)
        first_names = _FIRST_NAMES.search(before) and re.match(r"[A-Z][\w'-]+[.,] ?[A-Z]", after)  # …, J. K. Rowe. Title
        if initial or first_names or re.match(rf"[{CAPITAL}]\.\s", after):
            continue
        if (stop[0][0] == ":" and not re.search(f"[{HAN}]", before)) or not after or _PUBLISHED.match(after):
            continue
        if are_names(before, sure=sure):
            return stop.start(), stop.end() + (text[stop.end() : stop.end() + 1] == ".")
    return _leading_chinese(text)


def _leading_chinese(text: str) -> tuple[int, int] | None:
    """Chinese names that a comma or a blank divides from the title: 某甲，题名."""
    end = 0
    for part in list(re.finditer(rf"\s?([{HAN}]{{2,3}})(?:[,、]\s?|\s(?=[^\s]{{5}}))", text[:100]))[:6]:
        if part.start() != end or part[1][0] not in SURNAMES or _NOT_A_NAME.search(part[1]):
            break
        end = part.end()
    return (end, end) if end else None


def are_names(text: str, *, sure: bool = False) -> bool:
    """Whether a stretch of text consists of names of persons, or of the name of one body.

    Args:
        sure: what stands there can hardly be anything else.
    """
    parts = _divided(text)
    if not 1 <= len(parts) <= _MANY:
        return False
    alone = len(parts) == 1
    return all(_is_name(part, alone=alone, sure=sure) for part in parts)


def _is_name(part: str, *, alone: bool, sure: bool) -> bool:
    han = len(re.findall(f"[{HAN}]", part))
    if han:
        bare = re.sub(rf",(?:{_INITIALS.pattern}|[{HAN}]{{1,8}})$", "", part.replace(" ", ""))
        if _HAN_NAME.fullmatch(bare) or (alone and han == len(bare) <= 6):
            return sure or not _NOT_A_NAME.search(bare)
        body = len(bare) <= 30 and not re.search(r"[,.:;]", bare)
        return body and ((alone and sure and len(bare) <= 12) or (bool(_BODY.search(bare)) and not re.search("[的论]", bare)))
    words = part.replace(",", " ").split()
    if not words or len(words) > (8 if alone and sure else 6) or len(part) > 70:
        return False
    return all(map(_is_word, words)) or (alone and sure and len(words) <= 3 and part.isascii() and not re.search(r"[.:]", part))


def _is_word(word: str) -> bool:
    """Whether a word can belong to a name; a point stands only behind an initial or a short form."""
    bare = word.rstrip(".")
    return bool(_WORD.fullmatch(bare)) and (bare == word or len(bare) <= 2 or "." in bare or bare in ("Jr", "Sr", "III"))


def _divided(text: str) -> list[str]:
    """The parts of a list of names, initials with the surnames before them."""
    text = _FROM.sub("", _ET_AL.sub("", text[:3000]))
    text = re.sub(rf"(?<=[a-z])\.\s(?=[{CAPITAL}]\.?(?:[;,]|$))", ", ", text)  # Hovy. E. for Hovy, E.
    for _ in range(2):
        text = _ROLE.sub("", text)
    if ";" in text:
        return [part for part in map(_trimmed, text.split(";")) if part]
    divider = r"[,、]|\s(?:and|&|和)\s|&|(?<=[a-z.])\s?[–-]\s(?=[A-Z])"
    parts = [part for part in map(_trimmed, re.split(divider, text)) if part]
    words = text.split()
    if len(parts) == 1 and len(words) > 1 and all(re.fullmatch(f"[{HAN}]{{2,4}}", word) for word in words):
        return words
    if (
        len(parts) == 2
        and _ONE_NAME.fullmatch(text.strip(" ."))
        and (not re.search(f"[{HAN}]", text) or max(map(len, parts)) > 4)
    ):
        return [", ".join(parts)]
    found: list[str] = []
    for part in parts:
        part = re.sub(r"^(?:and|&)\s", "", part)
        if found and _INITIALS.fullmatch(part) and not re.search(r"\s[A-Z]\.?$|[,.]", found[-1]):
            found[-1] = f"{found[-1]}, {part}"
        else:
            found.append(part)
    return found


def _trimmed(part: str) -> str:
    return part.strip(' *.,:;()[]"')


def names_in(text: str) -> list[str]:
    """The names of a stretch of text one by one, in order; 等 and et al. are nobody."""
    names = [re.sub(rf"(?<=[{HAN}]) (?=[{HAN}])", "", part) for part in _divided(text)]
    return [name for name in names if re.search(r"\w", name)][:_MANY]
