"""Dates as Chinese documents write them: in digits, in characters, Western, as Excel serials, by the Republic's years."""

import datetime as dt
import re
from dataclasses import dataclass

FIRST_YEAR, LAST_YEAR = 1900, 2050  # fixed, not by the clock: the same files give the same table in any year
_DIGITS = dict(zip("〇零○OoＯ0一二三四五六七八九", "0000000123456789", strict=True))
_NUMERAL = "〇零○OoＯ0-9一二三四五六七八九"
_YEAR = rf"(?:(?P<roc>(?:中[華华])?民[國国])\s?(?P<rocyear>[{_NUMERAL}十百]{{1,6}})|(?P<year>(?:[{_NUMERAL}]\s?){{4}}))\s?年"
_MONTH = r"(?P<month>1\s?[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s?月"
_DAY = r"(?P<day>[12]\s?[0-9]|3\s?[01]|0?[1-9]|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])\s?[日号號]"
CHINESE = re.compile(rf"(?<![0-9]){_YEAR}\s?(?:{_MONTH}(?:份|\s?{_DAY})?)?")
_WESTERN = re.compile(
    r"(?<![0-9])(?P<year>(?:19|20)\d\d)(?P<sep>\s?[-–—./．年]\s?)(?P<month>1[0-2]|0?[1-9])(?:\s?[-–—./．月]\s?(?P<day>[12]\d|3[01]|0?[1-9]))?(?![0-9])"
)
_COMPACT = re.compile(r"(?<![0-9])((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![0-9])")
_SERIAL = re.compile(r"([2-6]\d{4})(?:\.0+)?")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_ENGLISH = re.compile(
    rf"(?i)(?:(?P<day>[12]\d|3[01]|0?[1-9])\s+)?(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}[.．]?\s*(?:(?P<day2>[12]\d|3[01]|0?[1-9]),\s*)?"
    r"[,，]?\s*(?P<year>(?:19|20)\d\d)(?![0-9])"
)
_ONLY_YEAR = re.compile(r"(?<![0-9])((?:19|20)\d\d)(?![0-9])")
YEAR = re.compile(rf"(?<![0-9])((?:19|20)\d\d|[一二][{_NUMERAL}]{{3}})\s?年")


@dataclass(frozen=True, slots=True)
class Date:
    """A date as far as it is known."""

    iso: str  # 2021, 2021-03 or 2021-03-05
    precision: str  # year, month or day

    @property
    def year(self) -> int:
        return int(self.iso[:4])


def read_date(cell: str) -> Date | None:
    """The date a cell or a name gives: any form, Excel serials and times of day included; none if there is none that can be."""
    cell = cell.strip()[:80]
    if serial := _SERIAL.fullmatch(cell):
        return _made(*(dt.date(1899, 12, 30) + dt.timedelta(days=int(serial[1]))).timetuple()[:3])
    if cell.isdigit() and len(cell) == 6:
        return _made(int(cell[:4]), int(cell[4:]))
    for read in (first_date, english_date, lone_year):
        if found := read(cell):
            return found
    return None


def first_date(text: str) -> Date | None:
    """The first date with a month in a text, in Chinese, Western or compact form; failing that, the first year with 年."""
    years = None
    for found in CHINESE.finditer(text):
        date = _chinese(found)
        if date and date.precision != "year":
            return date
        years = years or date
    for found in _WESTERN.finditer(text):
        if date := _made(int(found["year"]), int(found["month"]), int(found["day"] or 0)):
            return date
    for found in _COMPACT.finditer(text):
        if date := _made(*map(int, found.groups())):
            return date
    return years


def dates_in(text: str) -> list[Date]:
    """All dates to the day or month in Chinese form, in order."""
    found = [_chinese(match) for match in CHINESE.finditer(text)]
    return [date for date in found if date and date.precision != "year"]


def whole_date(text: str) -> Date | None:
    """The date a text consists of, brackets and dashes around it aside."""
    text = re.sub(r"[（(]?\s?(?:星期|周)[一二三四五六日天][）)]?$", "", text.strip(" \u3000()（）[]【】—-─:：，,。."))
    if not 6 <= len(text) <= 30:
        return None
    for pattern in (CHINESE, _WESTERN):
        if found := pattern.fullmatch(text):
            date = (
                _chinese(found) if pattern is CHINESE else _made(int(found["year"]), int(found["month"]), int(found["day"] or 0))
            )
            return date if date and date.precision != "year" else None
    return None


def english_date(text: str) -> Date | None:
    """A date such as `Jul. 2018` or `March 5, 2021`."""
    found = _ENGLISH.search(text)
    if not found:
        return None
    return _made(int(found["year"]), _MONTHS.index(found["month"].lower()) + 1, int(found["day"] or found["day2"] or 0))


def year_in(text: str) -> Date | None:
    """The first year with 年 in a text, at year precision."""
    found = YEAR.search(text)
    return _made(_number(found[1])) if found else None


def lone_year(text: str) -> Date | None:
    """The first number of four digits in a text that can be a year."""
    found = _ONLY_YEAR.search(text)
    return _made(int(found[1])) if found else None


def _chinese(found: re.Match[str]) -> Date | None:
    year = 1911 + _number(found["rocyear"]) if found["roc"] else _number(found["year"])
    return _made(year, _number(found["month"] or "0"), _number(found["day"] or "0"))


def _number(text: str) -> int:
    """A number in digits or characters: 二〇二一, 十二, 二十一, 一百十一."""
    text = re.sub(r"\s", "", text)
    if not set(text) & set("十百"):
        return int("".join(_DIGITS.get(character, character) for character in text))
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * (int(_DIGITS.get(hundreds, "1")) if "百" in text else 0)
    value += 10 * int(_DIGITS.get(tens.strip("〇零"), "1")) if ten else 0
    ones = ones.strip("〇零")
    return value + (int(_DIGITS.get(ones, ones)) if ones else 0)


def _made(year: int, month: int = 0, day: int = 0) -> Date | None:
    """A date, if there is such a day and it is plausible."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        dt.date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day and month:
        return Date(f"{year:04}-{month:02}-{day:02}", "day")
    return Date(f"{year:04}-{month:02}", "month") if month else Date(f"{year:04}", "year")
