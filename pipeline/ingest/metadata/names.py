"""Names of authors, as lists of references write them: 张三，李四，等 · Smith J, Jones K, et al · Smith, J. K., & Jones, L."""

import re

from pipeline.ingest.clean import HAN, count_han

_OTHERS = re.compile(
    r"[,;\s]*(?:\bet\.? ?al\b\.?|\band others\b|(?<=[\u4e00-\u9fff,;\s])等(?:人)?(?:[编著译]{1,2})?$|等$)\s?\.?", re.IGNORECASE
)
_ROLE = re.compile(
    r"\s?\(?\b(?:eds?|trans|editors?)\b\.?\)?$|(?<=[\u4e00-\u9fff])[\s,]?\(?(?:主编|编著|编译|译著|校注|选编|编写组?编|[著译编])\)?$",
    re.IGNORECASE,
)
_COUNTRY = re.compile(r"^\s?[\[(【〔][\u4e00-\u9fff]{1,4}[\])】〕]\s?")
_INITIALS = re.compile(r"(?:[A-Z]\.?[ -]?){1,4}(?:[Jj]r\.?)?")
_DIVIDE = re.compile(r"\s?[,;、]\s?(?:and |& ?)?|\s(?:and|&)\s|(?<=[\u4e00-\u9fff])\s(?=[\u4e00-\u9fff])")
_PARTICLES = frozenset("de da del der den di dos du el la le van von al bin ben ten ter und and of for the y e".split())
_STOP = re.compile(rf"\.(?!\d)(?=\s|[{HAN}《“‘\"'\[]|[A-Z]|$)|。|(?<=[{HAN}]):(?=\S)")
_LONGEST = 300  # characters of the names of an entry


def leading_authors(head: str) -> tuple[list[str], str]:
    """The authors a text begins with and what follows their full stop, the title; no authors if it begins otherwise."""
    head = head.strip()
    for stop in _STOP.finditer(head, 0, _LONGEST):
        names, rest = head[: stop.start()], head[stop.end() :].strip()
        if re.match(r"[A-Z](?:[.,]|[-\s][A-Z]\b)|[,;&]|and |et al", rest):
            continue  # the stop of an initial
        if re.search(r"(?:^|, )(?:[A-Z]\. ?)*[A-Z]$", names) and re.match(r"[A-Z][\w'-]+[.,] ?[A-Z]", rest):
            continue  # … , J. K. Rowe. Title
        if not rest or re.fullmatch(r"(?:[A-Z]\.?[ -]){0,3}[A-Z]", names):
            continue
        if only_names(names):
            return names_in(names), rest
        if not re.search(r"(?:^|[\s.,-])(?:[A-Z]|[A-Z][a-z]{0,2})$", names):
            break
    return [], head


def only_names(text: str) -> bool:
    """Whether a text may be names of persons or bodies, and nothing else."""
    text = _OTHERS.sub("", text.strip(" .,:;")).strip()
    if not text or len(text) > _LONGEST or re.search(r"[《》\"“”。]|[?？!！](?:\s|$)|(?<=[\u4e00-\u9fff])[.:]", text):
        return False
    return all(_may_be_name(part) for part in _DIVIDE.split(text) if part)


def _may_be_name(part: str) -> bool:
    if count_han(part):
        return len(part) <= 30
    words = re.findall(r"[^\s.]+", part)
    return len(words) <= 8 and all(
        word[0].isupper() or len(word) == 1 or word.lower() in _PARTICLES or not word[0].isalpha() for word in words
    )


def names_in(text: str) -> list[str]:
    """Names one by one, without 等, et al., 主编 and the country in brackets."""
    text = _OTHERS.sub("", text.strip(" .,:;，：")).strip(" ,;:")
    parts = [part.strip() for part in (re.split(r"\s?;\s?", text) if ";" in text else _DIVIDE.split(text)) if part.strip()]
    if (
        len(parts) == 2
        and ";" not in text
        and "," in text
        and all(re.fullmatch(r"[A-Z\u00c0-\u017fa-z'-]{3,}", part) for part in parts)
    ):
        parts = [", ".join(parts)]  # Settles, Burr
    names: list[str] = []
    for part in parts:
        part = _ROLE.sub("", _COUNTRY.sub("", re.sub(r"^(?:and|&)\s", "", part))).strip(" ,")
        if names and _INITIALS.fullmatch(part) and not _ends_in_initials(names[-1]):
            names[-1] = f"{names[-1]}, {part}"
        elif len(part) > 1:
            names.append(part)
    return [name.rstrip(".") for name in names]


def _ends_in_initials(name: str) -> bool:
    return bool(re.search(r"[\s,]\s?[A-Z]\.?$", name))
