"""Fetch what the pages need in a browser: npm packages at pinned versions with checked hashes.

Usage: ``python tools/fetch_assets.py`` fetches what is missing, ``--offline`` only checks, and
``--pin`` writes the hashes of ``assets.lock.json`` anew after somebody changed a version or a
file in it. Nothing but the standard library is needed.
"""

import argparse
import base64
import gzip
import hashlib
import io
import json
import os
import re
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from pathlib import PurePosixPath
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "assets.lock.json"
VENDOR = ROOT / "src" / "livingcircle_platform" / "static" / "vendor"
# Texts of packages that state their licence but do not carry its text.
LICENCES = ROOT / "tools" / "asset_licences"

_REGISTRY = "https://registry.npmjs.org"
_MOST_BYTES = 64 * 1024**2  # unpacked; the largest package has 40 MB
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# Source maps are not shipped; Django's hashed file names refuse a reference to a missing file.
_SOURCE_MAP = re.compile(rb"\n?(?://[#@] ?sourceMappingURL=\S+|/\*[#@] ?sourceMappingURL=[^*]+\*/)")
_NOTHING_DRAWN = re.compile(r'\s*<path\s+stroke="none"\s+d="M0 0h24v24H0z"\s+fill="none"\s*/>')

Package = dict[str, Any]


class AssetError(Exception):
    """An asset cannot be had, or is not the one that was pinned; the text is for the reader."""


def read_lock(path: Path = LOCK) -> dict[str, Package]:
    """Return the pinned packages by name, having checked that no name leads out of its folder."""
    packages: dict[str, Package] = json.loads(path.read_text("utf-8"))["packages"]
    for name, package in packages.items():
        outputs = [package["folder"], *map(_base, package["files"])]
        outputs += [package["sprite"]["file"]] if "sprite" in package else []
        for output in outputs:
            if not _PLAIN_NAME.fullmatch(output):
                message = f"assets.lock.json 里 {name} 的文件名“{output}”不能用"
                raise AssetError(message)
    return packages


def registry() -> str:
    """Return the npm registry that this machine is set up to use."""
    stated = os.environ.get("NPM_CONFIG_REGISTRY")
    for settings in (ROOT / ".npmrc", Path.home() / ".npmrc"):
        if not stated and settings.is_file():
            found = re.search(
                r"^\s*registry\s*=\s*(\S+)", settings.read_text("utf-8"), re.MULTILINE
            )
            stated = found.group(1) if found else None
    return (stated or _REGISTRY).rstrip("/")


def download(name: str, version: str) -> bytes:
    """Return the tarball of a package."""
    url = f"{registry()}/{name}/-/{_base(name)}-{version}.tgz"
    if not url.startswith(("https://", "http://")):
        message = f"npm 源地址“{registry()}”不是网址。检查 .npmrc 或 NPM_CONFIG_REGISTRY"
        raise AssetError(message)
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - checked above
            data: bytes = answer.read(_MOST_BYTES + 1)
    except (urllib.error.URLError, OSError) as error:
        remedy = "检查网络，或用 NPM_CONFIG_REGISTRY 指定能访问的 npm 源"
        message = f"下载不了 {name} {version}（{url}：{error}）。{remedy}"
        raise AssetError(message) from error
    return data


def integrity(data: bytes) -> str:
    """Return the npm way of writing a SHA-512."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def sha256(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def unpack(name: str, tarball: bytes) -> dict[str, bytes]:
    """Return every file of an npm tarball by its path in the package; refuse odd members."""
    files = {}
    try:
        data = gzip.GzipFile(fileobj=io.BytesIO(tarball)).read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            message = f"{name} 解压后超过 {_MOST_BYTES // 1024**2} MB，已停下"
            raise AssetError(message)
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for member in archive:
                path = PurePosixPath(member.name)
                if path.is_absolute() or ".." in path.parts or member.issym() or member.islnk():
                    message = f"{name} 的压缩包里有越出目录的“{member.name}”，已停下"
                    raise AssetError(message)
                stream = archive.extractfile(member)
                if stream is not None:
                    files["/".join(path.parts[1:])] = stream.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        message = f"{name} 的压缩包打不开（{error}）。重新运行 make assets"
        raise AssetError(message) from error
    return files


def produce(name: str, package: Package, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return what one package contributes, by path below the vendor folder."""
    folder = package["folder"]
    produced = {}
    for path in package["files"]:
        if path not in files:
            message = f"{name} {package['version']} 里没有 {path}"
            raise AssetError(message)
        produced[f"{folder}/{_base(path)}"] = _SOURCE_MAP.sub(b"", files[path])
    if "sprite" in package:
        icons = {
            icon: files.get(f"icons/outline/{icon}.svg") for icon in package["sprite"]["icons"]
        }
        missing = sorted(icon for icon, data in icons.items() if data is None)
        if missing:
            message = f"{name} {package['version']} 里没有图标 {'、'.join(missing)}"
            raise AssetError(message)
        drawn = {icon: data.decode() for icon, data in icons.items() if data is not None}
        produced[package["sprite"]["file"]] = sprite(drawn)
    licence = LICENCES / f"{folder}.txt"
    if licence.is_file():
        produced[f"{folder}/LICENSE"] = licence.read_bytes()
    return produced


def sprite(icons: dict[str, str]) -> bytes:
    """Join icons into one file of symbols; how thick the lines are is left to the style sheet."""
    symbols = []
    for name, svg in sorted(icons.items()):
        inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
        drawn = re.sub(r"\s*\n\s*", "", _NOTHING_DRAWN.sub("", inner))
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
            f' stroke-linecap="round" stroke-linejoin="round">{drawn}</symbol>\n'
        )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'.encode()


def expected(package: Package) -> dict[str, str]:
    """Return the pinned SHA-256 of each file below the vendor folder."""
    folder = package["folder"]
    hashes = {f"{folder}/{_base(path)}": digest for path, digest in package["files"].items()}
    if "sprite" in package:
        hashes[package["sprite"]["file"]] = package["sprite"]["sha256"]
    licence = LICENCES / f"{folder}.txt"
    if licence.is_file():
        hashes[f"{folder}/LICENSE"] = sha256(licence.read_bytes())
    return hashes


def is_present(package: Package, vendor: Path) -> bool:
    """Say whether every file of a package is there as pinned."""
    return all(
        (vendor / path).is_file() and sha256((vendor / path).read_bytes()) == digest
        for path, digest in expected(package).items()
    )


def install(name: str, package: Package, tarball: bytes, vendor: Path) -> None:
    """Check a tarball and everything taken from it, and only then put the files in place."""
    if integrity(tarball) != package["integrity"]:
        what = f"{name} {package['version']} 的内容与 assets.lock.json 里记下的校验值不同，没有使用"
        message = f"{what}。换一个 npm 源再试；仍不同就不要使用"
        raise AssetError(message)
    produced = produce(name, package, unpack(name, tarball))
    for path, digest in expected(package).items():
        if sha256(produced[path]) != digest:
            message = f"{path} 与 assets.lock.json 里记下的校验值不同，没有使用"
            raise AssetError(message)
    for path, data in produced.items():
        write_whole(vendor / path, data)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)


def pin(path: Path = LOCK) -> None:
    """Write the hashes of the versions and files named in the lock file anew."""
    packages = read_lock(path)
    for name, package in packages.items():
        tarball = download(name, package["version"])
        produced = produce(name, package, unpack(name, tarball))
        package["integrity"] = integrity(tarball)
        for file in package["files"]:
            package["files"][file] = sha256(produced[f"{package['folder']}/{_base(file)}"])
        if "sprite" in package:
            package["sprite"]["sha256"] = sha256(produced[package["sprite"]["file"]])
    text = json.dumps({"packages": packages}, indent=2, ensure_ascii=False)
    write_whole(path, f"{text}\n".encode())


def fetch(*, offline: bool, vendor: Path = VENDOR) -> None:
    """Make every pinned file present, or, offline, say which package is not."""
    packages = read_lock()
    missing = {name: one for name, one in packages.items() if not is_present(one, vendor)}
    if missing and offline:
        message = f"缺少页面文件：{'、'.join(missing)}。联网后运行 make assets"
        raise AssetError(message)
    for name, package in missing.items():
        print(f"正在下载 {name} {package['version']} ……")
        install(name, package, download(name, package["version"]), vendor)


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(
        description="下载页面需要的文件，版本与校验值见 assets.lock.json"
    )
    parser.add_argument("--offline", action="store_true", help="不联网，只检查文件是否齐全")
    parser.add_argument("--pin", action="store_true", help="改了版本或文件之后，重新记下校验值")
    chosen = parser.parse_args()
    try:
        if chosen.pin:
            pin()
        fetch(offline=chosen.offline)
    except AssetError as error:
        sys.exit(f"{error}。")


def _base(path: str) -> str:
    return path.rsplit("/", 1)[-1]


if __name__ == "__main__":
    main()
