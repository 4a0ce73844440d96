"""To whom an official document is sent: 主送机关, on the line below its title that ends in a colon."""

import re

from pipeline.ingest.clean import count_han
from pipeline.ingest.gazetteer import Gazetteer, place_at
from pipeline.ingest.metadata.lines import Line, is_addressee, is_body, is_numbered, is_running_text

_LINES = 20  # from the top; the line stands before all text
_MOST = 400  # characters
_PROSE = 50  # Chinese characters of a line that surely is text
# what an opening sentence says before its colon, or the greeting of a speech
_OPENING = re.compile(
    r"如下|以下|下列|现[就将]|通知|通过|为了?[^员]|根据|按照|关于|《|\d{4}|第.{1,5}[条章]|各位|同志们|先生们|朋友们|附件|来源|时间|编辑|电话|要求"
)
_WHO = re.compile(
    r"各|有关|相关|[省市县区州旗部委厅局院办会署行社团]$|政府|机关|机构|单位|部门|公司|企业|院校|大学|学校|中心|总部|军区|兵团|组$|"
    r"(?:代表|委员|主席|同志|处|室|站|所|队|库|馆)$"
)
_PLACE_WORD = re.compile(r"(?:[省市县区州盟旗乡镇]|直辖市|街道|兵团)(?:（.{1,8}）)?$")
_TAILS = ("单位", "机构", "企业", "部门")  # belong to the piece before: 市直有关部门、单位
_COMMA = re.compile(r"[、](?![^（(]{0,20}[）)])")  # not those in brackets: 各县（市、区）


def addressees(head: list[Line], gazetteer: Gazetteer) -> list[str]:
    """The units that the line names, as written.

    Units are divided by ，and ；. Those that 、 divides are apart where each can stand alone (教育部、财政部); places wait for the
    body that they share with what follows them: 各省、自治区、直辖市人民政府 is one.
    """
    for line in head[:_LINES]:
        text = line.text.strip()
        if is_addressee(text) and line.kind != "table" and len(text) <= _MOST:
            parts = [part.strip() for part in re.split("[，；,;]", text[:-1])]
            units = [unit for part in parts for unit in _apart(part, gazetteer)]
            bare = [re.sub(r"（[^（）]*）$", "", unit) for unit in units]
            return list(dict.fromkeys(units)) if not _OPENING.search(text) and all(map(_WHO.search, bare)) else []
        if is_numbered(text) or (is_running_text(text) and count_han(text) > _PROSE):
            return []
    return []


def _apart(part: str, gazetteer: Gazetteer) -> list[str]:
    units: list[str] = []
    waiting = ""
    for piece in filter(None, map(str.strip, _COMMA.split(part))):
        whole = f"{waiting}、{piece}" if waiting else piece
        if _waits(piece, gazetteer):
            waiting = whole
        elif piece in _TAILS and units and not waiting:
            units[-1] += f"、{piece}"
        else:
            units.append(whole)
            waiting = ""
    return [*units, waiting] if waiting else units


def _waits(piece: str, gazetteer: Gazetteer) -> bool:
    """Whether a piece is a place that shares the body of the next one."""
    place = place_at(piece, gazetteer)
    return bool(_PLACE_WORD.search(piece)) or (bool(place and place[1] == len(piece)) and not is_body(piece, gazetteer))
