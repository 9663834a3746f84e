"""The same sources give the same bytes, with bytecode that the runtime takes as it is."""

import importlib.util
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from components.compute import package
from components.compute.imports import imported_files
from components.compute.wheels import WheelError, wheel_files

ROOT = Path(__file__).parents[2]
BUILD = """
import sys
from pathlib import Path
from components.compute import package
from components.compute.imports import imported_files
from components.compute.wheels import WheelError, wheel_files
print(package.function_package("get_user").path)
print(package.layer_package("aws-lambda-powertools", "arm64").path)
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


def test_a_function_ships_what_it_imports_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "BUILD", tmp_path)
    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(package.function_package("get_user").path) as archive:
        names = archive.namelist()
    assert {"get_user.py", "blog/__init__.py", "blog/http.py", "blog/users/store.py"} <= set(names)
    assert [name for name in names if "create_user" in name or "imports" in name or "posts" in name] == []


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_imports_are_followed_wherever_they_stand_and_those_for_type_checkers_are_not(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "job.py": "import json\nfrom app import one\nfrom app.deep.two import thing\nimport app.six as six\n",
            "other.py": "",
            "app/__init__.py": "",
            "app/one.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import app.types\nelse:\n"
            "    from . import four\n\ndef late():\n    import app.three\n    import_module('app.five')\n",
            "app/deep/__init__.py": "",
            "app/deep/two.py": "from ..seven import thing\n",
            "app/deep/words.txt": "data",
            "app/deep/.#two.py": "a lock of an editor",
            **{f"app/{name}.py": "" for name in ("three", "four", "five", "six", "seven", "types", "unused")},
        },
    )
    found = [file.relative_to(tmp_path).as_posix() for file in imported_files("job", tmp_path)]
    assert found == [
        "app/__init__.py",
        "app/deep/__init__.py",
        "app/deep/two.py",
        "app/deep/words.txt",
        *("app/five.py", "app/four.py", "app/one.py", "app/seven.py", "app/six.py", "app/three.py"),
        "job.py",
    ]


def test_a_link_of_an_editor_that_leads_nowhere_breaks_no_package_and_a_linked_folder_is_packed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", {"__init__.py": "", "one.py": ""})
    sources = tmp_path / "functions"
    write(sources, {"job.py": "from shared import one\n"})
    (sources / "shared").symlink_to(tmp_path / "elsewhere")
    (sources / ".#job.py").symlink_to("somebody@machine.1234")
    found = [file.relative_to(sources).as_posix() for file in imported_files("job", sources)]
    assert found == ["job.py", "shared/__init__.py", "shared/one.py"]


def test_a_change_changes_the_packages_of_the_functions_that_import_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "functions", tmp_path / "functions", ignore=shutil.ignore_patterns("__pycache__"))
    modules = [file.stem for file in (tmp_path / "functions").glob("*.py")]
    before = {module: imported_files(module, Path("functions")) for module in modules}
    changed = Path("functions/blog/posts/cursor.py")
    assert [module for module, files in before.items() if changed in files] == ["list_posts"]
    http = Path("functions/blog/http.py")
    assert {module for module, files in before.items() if http in files} == {
        *("create_user", "get_user", "update_user", "delete_user", "create_post", "get_post", "list_posts"),
        "delete_post",
    }
    hashes = {module: package.function_package(module).sha256 for module in ("list_posts", "get_user")}
    changed.write_text(f"{changed.read_text()}\n# A comment.\n")
    assert package.function_package("get_user").sha256 == hashes["get_user"]
    assert package.function_package("list_posts").sha256 != hashes["list_posts"]


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


@pytest.mark.parametrize(("architecture", "machine"), [("arm64", "aarch64"), ("x86_64", "x86_64")])
def test_compiled_parts_are_those_of_the_functions_platform_and_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, architecture: str, machine: str
) -> None:
    monkeypatch.chdir(ROOT)
    built: list[bytes] = []
    for folder in ("one", "other"):
        monkeypatch.setattr(package, "BUILD", tmp_path / folder)
        (tmp_path / folder).mkdir()
        built.append(package.layer_package("markupsafe", architecture).path.read_bytes())
    assert built[0] == built[1]
    with zipfile.ZipFile(io.BytesIO(built[0])) as archive:
        compiled = [name for name in archive.namelist() if ".so" in name]
        assert compiled == [f"python/markupsafe/_speedups.cpython-313-{machine}-linux-gnu.so"]
        assert archive.read(compiled[0])[:4] == b"\x7fELF"
        assert "python/markupsafe/__init__.py" in archive.namelist()


def test_a_dependency_that_is_not_locked_is_named_with_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requirements.lock").write_text("other==1 \\\n    --hash=sha256:0\n")
    wanted = "requirements.lock has no markupsafe: name it in pyproject.toml and run `make lock`"
    with pytest.raises(WheelError, match=wanted):
        wheel_files("markupsafe", architecture="arm64", cache=tmp_path)


def test_a_wheel_whose_hash_is_not_the_locked_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requirements.lock").write_text(f"markupsafe==3.0.4 \\\n    --hash=sha256:{'0' * 64}\n")
    with pytest.raises(
        WheelError, match=r"^markupsafe has no wheel for Python 3\.13 on aarch64, or it cannot be read: "
    ):
        wheel_files("markupsafe", architecture="arm64", cache=tmp_path / "wheels")
    assert list((tmp_path / "wheels").iterdir()) == []
