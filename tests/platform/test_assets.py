"""Check that nothing reaches a browser but what was pinned."""

import io
import re
import sys
import tarfile

import pytest
from tools import fetch_assets
from tools.fetch_assets import AssetError

SCRIPT = b"let a = 1;\n"
MAPPED = SCRIPT + b"//# sourceMappingURL=tiny.js.map\n"
ICON = (
    '<svg\n  xmlns="http://www.w3.org/2000/svg"\n  stroke-width="2"\n>\n'
    '  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M5 12l-2 0" />\n</svg>\n'
)


def tarball(files, *, link=None):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        if link is not None:
            member = tarfile.TarInfo(link)
            member.type = tarfile.SYMTYPE
            member.linkname = "/etc/passwd"
            archive.addfile(member)
    return packed.getvalue()


@pytest.fixture
def packed():
    return tarball({"package/dist/tiny.js": MAPPED, "package/icons/outline/dot.svg": ICON.encode()})


@pytest.fixture
def package(packed):
    return {
        "version": "1.0.0",
        "licence": "MIT",
        "integrity": fetch_assets.integrity(packed),
        "folder": "tiny",
        "files": {"dist/tiny.js": fetch_assets.sha256(SCRIPT)},
    }


def test_the_lock_file_pins_every_file_of_every_package():
    packages = fetch_assets.read_lock()
    assert set(packages) == {"@tabler/core", "@tabler/icons", "htmx.org", "maplibre-gl", "pmtiles"}
    for one in packages.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", one["version"])
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", one["integrity"])
        digests = fetch_assets.expected(one)
        assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in digests.values())
        assert any("LICENSE" in path for path in digests)


def test_htmx_stays_below_its_third_edition():
    assert fetch_assets.read_lock()["htmx.org"]["version"].startswith("2.0.")


def test_a_package_is_put_in_place_without_its_source_map(package, packed, tmp_path):
    fetch_assets.install("tiny", package, packed, tmp_path)
    assert (tmp_path / "tiny" / "tiny.js").read_bytes() == SCRIPT
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["tiny.js"]
    assert fetch_assets.is_present(package, tmp_path)


def test_a_tarball_with_another_hash_is_refused(package, tmp_path):
    with pytest.raises(AssetError, match="校验值不同"):
        fetch_assets.install("tiny", package, tarball({"package/dist/tiny.js": SCRIPT}), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_another_hash_is_refused(package, packed, tmp_path):
    package["files"]["dist/tiny.js"] = fetch_assets.sha256(b"something else")
    with pytest.raises(AssetError, match=r"tiny/tiny\.js"):
        fetch_assets.install("tiny", package, packed, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["package/../../evil.js", "/etc/evil.js"])
def test_a_tarball_that_leads_out_of_its_folder_is_refused(name):
    with pytest.raises(AssetError, match="越出目录"):
        fetch_assets.unpack("tiny", tarball({name: SCRIPT}))


def test_a_tarball_with_a_link_is_refused():
    with pytest.raises(AssetError, match="越出目录"):
        fetch_assets.unpack("tiny", tarball({}, link="package/dist/tiny.js"))


def test_a_tarball_cut_short_is_refused(packed):
    with pytest.raises(AssetError, match="打不开"):
        fetch_assets.unpack("tiny", packed[:-20])


def test_a_tarball_that_unpacks_to_too_much_is_refused(monkeypatch, packed):
    monkeypatch.setattr(fetch_assets, "_MOST_BYTES", 1024)
    with pytest.raises(AssetError, match="已停下"):
        fetch_assets.unpack("tiny", packed)


def test_a_lock_file_whose_names_lead_out_is_refused(tmp_path):
    lock = tmp_path / "lock.json"
    lock.write_text('{"packages": {"x": {"folder": "../x", "files": {}}}}', "utf-8")
    with pytest.raises(AssetError, match="不能用"):
        fetch_assets.read_lock(lock)


def test_icons_become_symbols_that_take_the_colour_of_the_text(package, packed):
    package["sprite"] = {"file": "icons.svg", "sha256": "", "icons": ["dot"]}
    made = fetch_assets.produce("tiny", package, fetch_assets.unpack("tiny", packed))
    assert made["icons.svg"].decode().splitlines()[1] == (
        '<symbol id="dot" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-linecap="round" stroke-linejoin="round"><path d="M5 12l-2 0" /></symbol>'
    )


def test_an_icon_that_is_gone_is_named(package, packed):
    package["sprite"] = {"file": "icons.svg", "sha256": "", "icons": ["dot", "gone"]}
    with pytest.raises(AssetError, match="没有图标 gone"):
        fetch_assets.produce("tiny", package, fetch_assets.unpack("tiny", packed))


def test_offline_says_what_is_missing_and_how_to_get_it(tmp_path):
    with pytest.raises(AssetError, match=r"缺少页面文件：@tabler/core.*make assets"):
        fetch_assets.fetch(offline=True, vendor=tmp_path)


def test_the_script_ends_with_a_sentence(monkeypatch):
    def refuse(**_):
        raise AssetError("缺少页面文件")

    monkeypatch.setattr(fetch_assets, "fetch", refuse)
    monkeypatch.setattr(sys, "argv", ["fetch_assets.py", "--offline"])
    with pytest.raises(SystemExit, match=r"缺少页面文件。$"):
        fetch_assets.main()


def test_the_registry_of_the_machine_is_used(monkeypatch):
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "https://registry.npmmirror.com/")
    assert fetch_assets.registry() == "https://registry.npmmirror.com"
