"""Another project that has nothing of this repository but a copy of the pack, on the real engine."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import cloud
from local.session import Session
from tests.engine.workspace import ROOT, violated

PROJECT = """
name: elsewhere
runtime: {name: python, options: {toolchain: pip, virtualenv: .venv}}
"""
STACK = "config:\n  aws:region: eu-central-1\n  elsewhere:production: PRODUCTION\n"
PROGRAM = """
import pulumi
import pulumi_aws as aws

topic = aws.sns.Topic("news", kms_master_key_id="alias/aws/sns", tags={"owner": "press"})
key = aws.kms.Key("news", enable_key_rotation=False, description=pulumi.Output.secret("hunter2-correct-horse"))
"""
RULES = {"all": "disabled", "kms-rotation": "mandatory", "required-tags": {"enforcementLevel": "mandatory"}}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "Pulumi.main.yaml").write_text(STACK.replace("PRODUCTION", "true"))
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    shutil.copytree(ROOT / "policies", folder / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "policies/enforcement.yaml").unlink()
    (folder / "policies/waivers.yaml").unlink()
    yield Session("main", folder)
    cloud.stop(folder)


def preview(elsewhere: Session, *flags: str) -> subprocess.CompletedProcess[str]:
    command = ["pulumi", "preview", "--stack", "main", *flags]
    return subprocess.run(
        command,
        cwd=elsewhere.root,
        env=elsewhere.environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def test_its_preview_is_held_to_the_rules(elsewhere: Session) -> None:
    done = preview(elsewhere, "--policy-pack", "policies")
    assert done.returncode != 0
    assert {"kms-rotation", "required-tags", "budget-present"} <= violated(done.stdout)
    assert "hunter2" not in done.stdout


def test_it_chooses_rules_by_a_file_of_its_own(elsewhere: Session) -> None:
    (elsewhere.root / "rules.json").write_text(json.dumps(RULES))
    done = preview(elsewhere, "--policy-pack", "policies", "--policy-pack-config", "rules.json")
    assert done.returncode != 0
    assert violated(done.stdout) == {"kms-rotation", "required-tags"}


def test_the_check_by_hand_finds_the_same_on_the_line_of_the_program(elsewhere: Session) -> None:
    steps = preview(elsewhere, "--json").stdout
    (elsewhere.root / "preview.json").write_text(steps[steps.index("{") :])
    command = [sys.executable, "-m", "policies", "check", "preview.json", "--format", "github"]
    done = subprocess.run(command, cwd=elsewhere.root, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "::error file=__main__.py,line=6,title=kms-rotation::" in done.stdout
    assert "hunter2" not in done.stdout
