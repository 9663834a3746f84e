"""The wheel, installed in empty environments of the oldest and the current Python and Pulumi, in another repository."""

import ast
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from time import monotonic
from typing import Any, cast

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from serverless_guard import __version__, installed
from serverless_guard.rules import every_rule
from tests.policies.environment import LIBRARY, THREE_LINES, Environment, build_wheel

PROJECT = tomllib.loads((LIBRARY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OLDEST_PULUMI = ".".join(map(str, installed.OLDEST)) + ".0"
KEY = "aws:kms/key:Key"
FIVE_MINUTES = 300


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module", params=["oldest", "current"])
def elsewhere(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Another repository; uv finds the Python, or gets it where it may, and fails where it can do neither."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "oldest":
        return Environment.create(folder, wheel, f"pulumi=={OLDEST_PULUMI}", python="3.11")
    return Environment.create(folder, wheel, python=sys.executable)


def export(elsewhere: Environment, count: int = 1) -> None:
    """Write the state of a stack that somebody made before there were rules."""
    resources: list[dict[str, Any]] = []
    for number in range(count):
        for kind in (KEY, "aws:s3/bucket:Bucket", "aws:sqs/queue:Queue", "aws:dynamodb/table:Table"):
            urn = f"urn:pulumi:prod::legacy::{kind}::{kind[-3:]}{number}"
            resources.append({"urn": urn, "type": kind, "inputs": {}})
    text = json.dumps({"version": 3, "deployment": {"resources": resources}})
    (elsewhere.folder / "stack.json").write_text(text, encoding="utf-8")


def test_the_versions_that_work_are_stated() -> None:
    assert PROJECT["version"] == __version__
    assert PROJECT["requires-python"] == ">=3.11"
    assert f"pulumi>={'.'.join(map(str, installed.OLDEST))},<4" in PROJECT["dependencies"]
    readme = (LIBRARY / "README.md").read_text(encoding="utf-8")
    assert "| Python | 3.11 |" in readme
    assert f"| Pulumi's SDK (`pulumi`) | {OLDEST_PULUMI[:-2]} |" in readme
    assert f"\n## {__version__} " in (LIBRARY / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_wheel_has_the_library_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {
        "serverless_guard",
        f"serverless_guard-{__version__}.dist-info",
    }
    assert "serverless_guard/py.typed" in names
    files = {path for path in (LIBRARY / "src").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    sources = {str(path.relative_to(LIBRARY / "src")) for path in files}
    assert sources == {name for name in names if name.startswith("serverless_guard/") and not name.endswith("/")}


def test_it_imports_nothing_but_itself_and_what_it_requires() -> None:
    allowed = {*sys.stdlib_module_names, "serverless_guard", "pulumi", "google", "grpc", "yaml"}
    imported: dict[str, set[str]] = {}
    for file in (LIBRARY / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or "." * node.level] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                imported.setdefault(name.partition(".")[0], set()).add(file.name)
    assert {name: files for name, files in imported.items() if name not in allowed} == {
        "pulumi_policy": {"__init__.py", "sdk.py"}
    }


def test_its_commands_run_in_another_repository(elsewhere: Environment) -> None:
    export(elsewhere)
    assert elsewhere.run("serverless-guard", "--version").stdout == f"serverless-guard {__version__}\n"
    assert len(elsewhere.run("serverless-guard", "list").stdout.splitlines()) == len(every_rule())
    assert elsewhere.run("serverless-guard", "explain", "kms-rotation").stdout.startswith("kms-rotation: ")
    checked = elsewhere.run("serverless-guard", "check", "stack.json", "--production", "--format", "json")
    assert (checked.returncode, checked.stderr) == (1, "")
    assert "kms-rotation" in {row["rule"] for row in json.loads(checked.stdout)}
    recorded = elsewhere.run(
        "serverless-guard", "baseline", "stack.json", "--production", "--baseline", "recorded.json"
    )
    assert (recorded.returncode, recorded.stderr) == (0, "")
    again = elsewhere.run("serverless-guard", "check", "stack.json", "--production", "--baseline", "recorded.json")
    assert (again.returncode, again.stderr) == (0, "")


def test_a_pack_of_three_lines_serves_the_engine_under_its_own_name(elsewhere: Environment) -> None:
    folder = elsewhere.add_pack("any-name")
    command = [elsewhere.python, "-u", "-m", "pulumi.policy", "127.0.0.1:1", folder]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            assert port.isdigit(), process.communicate()[1]
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                stub = cast("Any", AnalyzerStub(channel))
                described = stub.GetAnalyzerInfo(empty_pb2.Empty())
                assert stub.GetPluginInfo(empty_pb2.Empty()).version == "3.1.4"
        finally:
            process.kill()
    assert (described.name, described.version) == ("any-name", "3.1.4")
    assert [one.name for one in described.policies] == [rule.id for rule in every_rule()]


def test_the_guard_can_be_imported(elsewhere: Environment) -> None:
    done = elsewhere.run("python", "-c", "from serverless_guard import guard; print(guard.install.__name__)")
    assert (done.stdout, done.stderr) == ("install\n", "")


def test_a_stack_of_300_findings_is_adopted_by_the_readme_s_commands_in_five_minutes(elsewhere: Environment) -> None:
    section = (LIBRARY / "README.md").read_text(encoding="utf-8").split("## Adopt it on an existing stack\n")[1]
    lines = section.split("```")[1].splitlines()
    commands = [line.partition("  #")[0].split() for line in lines if line.startswith("python packs/company ")]
    assert [one[2] for one in commands] == ["baseline", "check", "baseline", "baseline"]
    elsewhere.add_pack("company")
    export(elsewhere, 30)
    before = elsewhere.run("serverless-guard", "check", "stack.json", "--format", "json")
    findings = len(json.loads(before.stdout))  # each rule of a cause is recorded
    assert findings >= 300
    began = monotonic()
    shown = [elsewhere.run(*one) for one in commands]
    took = monotonic() - began
    assert [one.returncode for one in shown] == [0, 0, 0, 0], [one.stderr for one in shown]
    assert f"{findings} findings of legacy/prod are recorded" in shown[0].stdout
    assert f"baseline: {findings} recorded findings are not shown" in shown[1].stdout
    assert took < FIVE_MINUTES / 10


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 9, 18), (3, 10, 13)])
def test_an_older_python_is_refused_with_a_sentence(version: tuple[int, int, int]) -> None:
    program = (
        f"import sys; sys.version_info = {version}; sys.executable = '/usr/bin/python'; import serverless_guard.pack"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        f"serverless-guard needs Python 3.11 or later; this is Python {version[0]}.{version[1]} (/usr/bin/python). "
        "Create the virtualenv with a later one and name it under options.virtualenv in PulumiPolicy.yaml or "
        "Pulumi.yaml.\n"
    )


def test_older_pythons_can_read_the_file_that_refuses_them() -> None:
    ast.parse((LIBRARY / "src/serverless_guard/__init__.py").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", ["3.60.0", "3.190.0"])
def test_an_older_pulumi_is_refused_with_a_sentence(tmp_path: Path, version: str) -> None:
    """Versions before 3.100 have no `_version.py`; their metadata tells."""
    (tmp_path / "pulumi").mkdir()
    (tmp_path / "pulumi/__init__.py").touch()
    if version > "3.100":
        (tmp_path / "pulumi/_version.py").write_text(f'_VERSION = "{version}"\n')
    metadata = tmp_path / f"pulumi-{version}.dist-info/METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: pulumi\nVersion: {version}\n")
    (tmp_path / "__main__.py").write_text(THREE_LINES)
    done = subprocess.run(
        [sys.executable, tmp_path, "127.0.0.1:1"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"serverless-guard needs pulumi 3.200 or later; this is pulumi {version}. Install it into the environment of "
        'the pack or program: pip install "pulumi>=3.200,<4"\n'
    )


def test_a_missing_pulumi_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "pulumi_version", lambda: "")
    with pytest.raises(SystemExit, match=r"needs pulumi 3\.200 or later; none is installed\. Install it into the "):
        installed.require_pulumi()
