"""Zip packages of XML parts, as docx and ofd are: checked before anything is parsed, parts read one by one."""

import io
import posixpath
import zipfile
from dataclasses import dataclass
from typing import Any

from pipeline.ingest.parsed import SetAside

MAX_BYTES = 200 << 20  # of all XML parts unpacked
MAX_RATIO = 200
_XML = (".xml", ".rels")
_AGAIN = "open it in Word and save it again"


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package, and its parts by their names in small letters, as Windows compares them."""

    file: zipfile.ZipFile
    parts: dict[str, zipfile.ZipInfo]


def open_package(data: bytes, kind: str, *, again: str = _AGAIN) -> Package:
    """A package whose XML parts unpack to a bearable size and hold no DOCTYPE.

    Args:
        kind: what to call it in messages.
        again: what to do about a damaged one.
    Raises SetAside: damaged, encrypted or hostile.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SetAside("corrupt", f"a damaged {kind} file ({error}); {again}") from None
    infos = [info for info in package.infolist() if info.filename.lower().endswith(_XML)]
    size = sum(info.file_size for info in infos)
    if size > MAX_BYTES or (size > 10 << 20 and size > MAX_RATIO * len(data)):
        raise SetAside("too_large", f"unpacks to {size >> 20} MB of text; such a file is usually an attack")
    for info in infos:
        if info.flag_bits & 1:
            raise SetAside("encrypted", "needs a password to open; save it without one")
        try:
            with package.open(info) as part:
                start = part.read(2000)
        except Exception as error:  # zlib and lzma raise errors of their own
            raise SetAside("corrupt", f"a damaged {kind} file ({error}); {again}") from None
        _refuse_doctype(start)
    return Package(package, {_plain(info.filename): info for info in package.infolist()})


def _refuse_doctype(xml: bytes) -> None:
    """Raises SetAside: there is a DOCTYPE, by which a part can unfold without end or ask for other files."""
    if any("<!DOCTYPE".encode(utf) in xml for utf in ("utf-8", "utf-16-le", "utf-16-be")):
        raise SetAside("corrupt", "its XML has a DOCTYPE, which office programs never write; not read for safety")


def _plain(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/").lower()


def tree(package: Package, name: str, *, recover: bool = False) -> Any | None:
    """The root of a part; None if there is no such part or it cannot be read.

    Args:
        recover: take of damaged XML what there is.
    Raises SetAside: it has a DOCTYPE, which a long comment may have kept from `open_package`.
    """
    from lxml import etree

    found = package.parts.get(_plain(name))
    if found is None:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, recover=recover)
    try:
        with package.file.open(found) as part:
            xml = part.read(min(found.file_size, MAX_BYTES) + 1)
        _refuse_doctype(xml)
        return etree.fromstring(xml, parser)
    except SetAside:
        raise
    except Exception:  # zlib, lzma and libxml2 raise errors of their own
        return None


def content(package: Package, name: str, most: int) -> bytes:
    """The bytes of a part of any kind. Raises SetAside: there is none, it is damaged or has more than `most` bytes."""
    found = package.parts.get(_plain(name))
    try:
        if found is None:
            raise KeyError(name)
        if found.file_size > most:
            raise SetAside("too_large", f"unpacks to more than {most >> 20} MB; split it")
        with package.file.open(found) as part:  # never gives more than that
            return part.read()
    except SetAside:
        raise
    except Exception as error:  # zlib and lzma raise errors of their own
        raise SetAside("corrupt", f"a damaged part ({type(error).__name__}); {_AGAIN}") from None


def local(element: Any) -> str:
    """The name of an element without its namespace, which differs between editions of a format."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """An attribute by its name without namespace."""
    return next((str(value) for key, value in element.items() if key.rpartition("}")[2] == name), None)


def child(element: Any, *names: str) -> Any | None:
    """The first descendant along a path of names; None if a step or the element itself is missing."""
    for name in names:
        element = next((inner for inner in element if local(inner) == name), None) if element is not None else None
    return element


def value(element: Any, *names: str) -> str | None:
    """The attribute `val` of the descendant along a path of names."""
    found = child(element, *names)
    return attribute(found, "val") if found is not None else None


def switched_on(element: Any, *names: str) -> bool | None:
    """Whether a property is on: there, and not with the value 0, false or off; None if it is not there."""
    found = child(element, *names)
    return None if found is None else attribute(found, "val") not in ("0", "false", "off")
