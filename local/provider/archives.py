"""Zips of the archives and assets of a program: the same content gives the same bytes, on every machine."""

import io
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from local.provider.interface import ProviderError
from local.provider.wire import ASSET, SIGNATURE, Props, nested

_EPOCH = (1980, 1, 1, 0, 0, 0)  # The earliest time that a zip can hold.
_READABLE = 0o644 << 16


def content(archive: Props) -> bytes:
    """The bytes to upload for an archive, as the engine describes it: a file as it is, anything else zipped.

    Raises:
        ProviderError: A file is missing, or is no zip.
    """
    try:
        path = Path(archive.get("path") or "")
        if path.is_file():
            return _checked(path)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in sorted(_entries(archive, "")):
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.external_attr = _READABLE
                file.writestr(entry, data, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()
    except OSError as error:
        raise ProviderError(f"cannot read the archive: {error}; build it before the deployment") from error


def text(asset: Props) -> bytes:
    """The bytes of an asset: a text, a file or what a URI holds.

    Raises:
        ProviderError: The file is missing.
    """
    try:
        return _asset(asset)
    except OSError as error:
        raise ProviderError(f"cannot read the asset: {error}; build it before the deployment") from error


def _checked(path: Path) -> bytes:
    if not zipfile.is_zipfile(path):
        raise ProviderError(f"the archive {path} is not a zip file; give a zip file or a folder")
    return path.read_bytes()


def _entries(node: Props, prefix: str) -> Iterator[tuple[str, bytes]]:
    """The files of an archive: of a folder, of a zip, or of a tree of further assets and archives."""
    if node[SIGNATURE] == ASSET:
        yield prefix.rstrip("/"), _asset(node)
        return
    for name, child in cast("dict[str, Props]", nested(node, "assets")).items():
        yield from _entries(child, f"{prefix}{name}/")
    if not node.get("path"):
        return
    path = Path(node["path"])
    if path.is_dir():
        for file in path.rglob("*"):
            if file.is_file():
                yield prefix + file.relative_to(path).as_posix(), file.read_bytes()
    else:
        with zipfile.ZipFile(path) as source:
            for name in source.namelist():
                if not name.endswith("/"):
                    yield prefix + name, source.read(name)


def _asset(asset: Props) -> bytes:
    if asset.get("path"):
        return Path(asset["path"]).read_bytes()
    if asset.get("uri"):
        with urllib.request.urlopen(asset["uri"]) as response:  # noqa: S310 (the program names the address)
            return response.read()
    return str(asset.get("text", "")).encode()
