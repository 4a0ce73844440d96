"""Numbers as Word writes them before paragraphs: 一, 十二, 甲, (1), ①, iv …; the formats of ECMA-376, 17.18.59."""

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"),
          (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def numeral(number: int, style: str) -> str:
    """A number in one of Word's formats; formats that are not known are written in digits, none and bullets as nothing."""
    if not 0 <= number < 10_000:
        return str(number)
    return _STYLES.get(style, str)(number)


def counted(number: int, digits: str = "零" + _DIGITS[1:], units: str = "十百千", *, one: bool = False) -> str:
    """A number below 10,000 in Chinese: 12 → 十二, 105 → 一百零五.

    Args:
        one: whether 10 to 19 begin with a one, as on bank notes: 壹拾贰.
    """
    if number < 10:
        return digits[number]
    found, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            found += (digits[0] if gap and found else "") + digits[digit] + (units[place - 1] if place else "")
        gap = not digit
    return found.removeprefix(digits[1]) if number < 20 and not one else found


def _roman(number: int) -> str:
    found = ""
    for size, letters in _ROMAN:
        found += letters * (number // size)
        number %= size
    return found


def _letters(number: int) -> str:
    """a to z, then aa, bb …"""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number else ""


def _one_of(letters: str) -> Callable[[int], str]:
    """A format with a letter for each of its first numbers; Word goes on in digits."""
    return lambda number: letters[number - 1] if 0 < number <= len(letters) else str(number)


def _ordinal(number: int) -> str:
    end = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{end}"


def _in_digits(number: int) -> str:
    """Place by place: 12 → 一二."""
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _nothing(number: int) -> str:
    return ""


_CIRCLED = _one_of("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿")
_STYLES: dict[str, Callable[[int], str]] = {
    # Word in Chinese names its commonest list 一、二、三 japaneseCounting
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand", "japaneseCounting",
         "japaneseDigitalTenThousand", "koreanDigital2"),
        counted,
    ),
    **dict.fromkeys(("ideographDigital", "taiwaneseDigital"), _in_digits),
    "chineseLegalSimplified": lambda number: counted(number, _LEGAL, "拾佰仟", one=True),
    "ideographLegalTraditional": lambda number: counted(number, _LEGAL_TRADITIONAL, "拾佰仟", one=True),
    "ideographTraditional": _one_of(_STEMS),
    "ideographZodiac": _one_of(_BRANCHES),
    "ideographZodiacTraditional": lambda number: _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12],
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _CIRCLED),
    "ideographEnclosedCircle": _one_of("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "decimalEnclosedParen": _one_of("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "decimalZero": lambda number: f"{number:02}",
    "numberInDash": lambda number: f"-{number}-",
    "ordinal": _ordinal,
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    **dict.fromkeys(("none", "bullet"), _nothing),
}  # fmt: skip
