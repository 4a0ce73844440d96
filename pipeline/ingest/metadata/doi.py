"""DOIs as papers print them, and full-width punctuation as ASCII."""

import re
import string

_NARROW = {ord(mark) + 0xFEE0: mark for mark in string.ascii_letters + string.digits} | str.maketrans(
    "，；：．。（）［］〔〕【】／－–—？！＆＝＿＠～＂＇＜＞\n", ",;:..()[][][]/---?!&=_@~\"'<> "
)
_DOI = re.compile(r"(?<![\d.])10(?P<gap>\s?\.\s?)\d{4,9}\s?/\s?(?P<name>[\w./()<>:;-]{2,100})")
_GOES_ON = re.compile(r"\s?[./-]\s?[\w./()-]+|(?<=[./-])\s[\w./()-]+")  # of one set with blanks: 10. 3969 /j. issn. 1001-3695
_ENDS = ".,;:-/"


def narrow(text: str) -> str:
    """A text with its punctuation in ASCII, character for character, so that offsets stay."""
    return text.translate(_NARROW)


def doi_in(text: str) -> str | None:
    """The first DOI of a text, without the blanks that some printers set behind its points."""
    text = narrow(text)
    found = _DOI.search(text)
    if found is None:
        return None
    end = found.end()
    while " " in found["gap"] and end - found.start() < 120 and (more := _GOES_ON.match(text, end)):
        end = more.end()
    doi = re.sub(r"\s", "", text[found.start() : end]).rstrip(_ENDS)
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(_ENDS)
    return doi
