"""The same sources give the same bytes, with bytecode that the runtime takes as it is."""

import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from components.compute import package

ROOT = Path(__file__).parents[2]
BUILD = """
import sys
from pathlib import Path
from components.compute import package
print(package.function_package("get_user").path)
print(package.layer_package("aws-lambda-powertools").path)
"""


def build_in(folder: Path, *, umask: int, time_zone: str) -> dict[str, bytes]:
    """Build both packages from a copy of the sources in a folder of its own, in a process of its own."""
    for source in (ROOT / "functions").rglob("*.py"):
        copy = folder / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
        os.utime(copy, (umask * 1000, umask * 1000))
    environment = {**os.environ, "TZ": time_zone, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(umask)}
    built = subprocess.run(
        [sys.executable, "-c", BUILD],
        cwd=folder,
        env=environment,
        umask=umask,
        check=True,
        capture_output=True,
        text=True,
    )
    return {path: (folder / path).read_bytes() for path in built.stdout.split()}


def test_two_builds_in_different_folders_at_different_times_and_umasks_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "another-folder"
    one.mkdir()
    other.mkdir()
    first = build_in(one, umask=0o022, time_zone="UTC")
    assert len(first) == 2
    assert first == build_in(other, umask=0o077, time_zone="Pacific/Auckland")


def test_a_function_ships_its_own_handler_and_the_shared_package_but_no_other_handler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "BUILD", tmp_path)
    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(package.function_package("get_user").path) as archive:
        names = archive.namelist()
    assert "get_user.py" in names
    assert "blog/users/store.py" in names
    assert [name for name in names if "create_user" in name] == []


def test_every_source_has_bytecode_that_no_time_stamp_invalidates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "BUILD", tmp_path)
    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(package.function_package("get_user").path) as archive:
        sources = [name for name in archive.namelist() if name.endswith(".py")]
        headers = {name: archive.read(importlib.util.cache_from_source(name))[:8] for name in sources}
    unchecked_hash = (0b01).to_bytes(4, "little")  # PEP 552: hash-based, not checked against the source
    assert set(headers.values()) == {importlib.util.MAGIC_NUMBER + unchecked_hash}


def test_changed_sources_get_another_name_and_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "job.py").write_text("VALUE = 1\n")
    before = package.function_package("job")
    assert package.function_package("job") == before
    (tmp_path / "functions" / "job.py").write_text("VALUE = 2\n")
    after = package.function_package("job")
    assert (after.path == before.path, after.sha256 == before.sha256) == (False, False)


def test_a_distribution_with_compiled_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="pyyaml has compiled parts"):
        package.layer_package("pyyaml")
