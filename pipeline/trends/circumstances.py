"""What decides counts beside the documents, and how it differs between two states: settings, codebook, program."""

from typing import Any

COUNT = ("trends.kinds", "trends.leave_out", "trends.stances")  # settings that decide what counts in a document
SELECT = ("period", "breaks", "trends.versions", "ingest.keep_duplicates")  # settings that decide which documents count


def settings_changed(before: dict[str, Any], now: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """The settings that differ: name, before, now."""
    names = sorted({*before, *now})
    return [(name, before.get(name), now.get(name)) for name in names if before.get(name) != now.get(name)]


def programs_changed(before: dict[str, Any], now: dict[str, Any], changed: list[str]) -> list[str]:
    """Stages whose results may differ though neither their settings nor the codebook did."""
    why = {name for name in ("ingest", "segment", "tag", "trends") if any(one.startswith(f"{name}.") for one in changed)}
    why |= {"trends"} if {"seed", "period", "breaks"} & set(changed) else set()
    why |= {"tag"} if before["codebook"] != now["codebook"] else set()
    found: list[str] = []
    for name, after in (("ingest", ()), ("segment", ("ingest",)), ("tag", ("ingest", "segment")), ("trends", ())):
        told = name in why or any(one in why or one in found for one in after)  # its key holds that of the one before
        if before["keys"][name] != now["keys"][name] and not told:
            found.append(name)
    return found


def recoded_by(before: dict[str, Any], now: dict[str, Any], changed: list[str], programs: list[str]) -> list[str]:
    """What may have changed what the same texts count; when none of it did, other documents: copies of them count otherwise."""
    by = ["codebook"] if before["codebook"]["hash"] != now["codebook"]["hash"] else []
    by += ["settings"] if any(name.startswith(("segment.", "tag.", *COUNT)) for name in changed) else []
    by += ["program"] if programs else []
    return by or ["documents"]


def chosen_by(changed: list[str]) -> str:
    """Why the same documents may count that did not: settings, or documents that they are copies or older versions of."""
    return "settings" if set(changed) & set(SELECT) else "documents"


def terms_changed(before: dict[str, Any], now: dict[str, Any]) -> tuple[list[tuple[str, str, int]], list[tuple[str, str, int]]]:
    """Terms of the codebook that code now and did not, and the other way round."""
    old, new = ({(code, term): count for code, term, count in about["terms"]} for about in (before, now))
    found = [
        sorted(((*pair, count) for pair, count in one.items() if pair not in other), key=lambda row: (-row[2], row))
        for one, other in ((new, old), (old, new))
    ]
    return found[0], found[1]
