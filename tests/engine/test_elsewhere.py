"""Another repository with a pack of three lines and the library installed, on the real engine."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local import cloud
from local.session import Session
from tests.engine.workspace import violated
from tests.policies.environment import Environment, build_wheel

PROJECT = "name: elsewhere\nruntime: {name: python, options: {toolchain: pip, virtualenv: .venv}}\n"
STACK = "config:\n  aws:region: eu-central-1\n  elsewhere:production: true\n"
PROGRAM = """
import pulumi
import pulumi_aws as aws

topic = aws.sns.Topic("news", kms_master_key_id="alias/aws/sns", tags={"owner": "press"})
key = aws.kms.Key("news", enable_key_rotation=False, description=pulumi.Output.secret("hunter2-correct-horse"))
"""
WORSE = '\nother = aws.kms.Key("other", enable_key_rotation=False)\n'
THEIR_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy
from serverless_guard import policies

def validate(args, report):
    if args.resource_type == "aws:sns/topic:Topic":
        report("no topics here")

own = ResourceValidationPolicy("no-topics", "No topics", validate, EnforcementLevel.MANDATORY)
PolicyPack("theirs", [own, *policies(production=True)])
"""


@dataclass(frozen=True)
class Elsewhere:
    """A project with a program, and a pack in an environment of its own.

    Attributes:
        session: The engine and the local AWS that serve the project.
        packs: The environment that the packs run in; its folder is the project's.
    """

    session: Session
    packs: Environment

    @property
    def folder(self) -> Path:
        return self.packs.folder

    def preview(self, *flags: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", "preview", "--stack", "main", *flags],
            cwd=self.folder,
            env=self.session.environment,
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def save_preview(self) -> None:
        """Write what `check` reads."""
        steps = self.preview("--json", "--show-sames").stdout
        (self.folder / "preview.json").write_text(steps[steps.index("{") :])


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    wheel = build_wheel(tmp_path_factory.mktemp("wheel"))
    packs = Environment.create(tmp_path_factory.mktemp("elsewhere"), f"{wheel}[sdk]", python=sys.executable)
    (packs.folder / "Pulumi.yaml").write_text(PROJECT)
    (packs.folder / "Pulumi.main.yaml").write_text(STACK)
    (packs.folder / "__main__.py").write_text(PROGRAM)
    (packs.folder / ".venv").symlink_to(Path(sys.prefix))
    packs.add_pack("any-name")
    packs.add_pack("theirs", THEIR_PACK)
    yield Elsewhere(Session("main", packs.folder), packs)
    cloud.stop(packs.folder)


OURS = ("--policy-pack", "packs/any-name")


def test_its_preview_is_held_to_the_rules_under_the_pack_s_own_name(elsewhere: Elsewhere) -> None:
    done = elsewhere.preview(*OURS)
    assert done.returncode != 0
    assert {"kms-rotation"} <= violated(done.stdout)
    assert "any-name@v3.1.4" in done.stdout
    assert "hunter2" not in done.stdout


def test_it_chooses_rules_by_a_config_file_and_check_takes_the_same(elsewhere: Elsewhere) -> None:
    levels = {"all": "disabled", "kms-rotation": "mandatory", "sns-cmk": {"enforcementLevel": "mandatory"}}
    (elsewhere.folder / "rules.json").write_text(json.dumps(levels))
    done = elsewhere.preview(*OURS, "--policy-pack-config", "rules.json")
    assert done.returncode != 0
    assert violated(done.stdout) == {"kms-rotation", "sns-cmk"}
    elsewhere.save_preview()
    config = ("--policy-pack-config", "rules.json", "--format", "json")
    checked = elsewhere.packs.run("python", "packs/any-name", "check", "preview.json", *config)
    assert {row["rule"] for row in json.loads(checked.stdout)} == violated(done.stdout)


def test_a_config_that_names_no_rule_is_refused_by_both_in_the_same_words(elsewhere: Elsewhere) -> None:
    (elsewhere.folder / "wrong.json").write_text('{"kms-rotatoin": "advisory"}')
    words = "--policy-pack-config: there is no rule kms-rotatoin; did you mean kms-rotation?"
    assert words in elsewhere.preview(*OURS, "--policy-pack-config", "wrong.json").stdout
    elsewhere.save_preview()
    checked = elsewhere.packs.run("serverless-guard", "check", "preview.json", "--policy-pack-config", "wrong.json")
    assert (checked.returncode, checked.stderr) == (2, f"{words}\n")


def test_the_check_by_hand_finds_the_line_of_the_program(elsewhere: Elsewhere) -> None:
    elsewhere.save_preview()
    done = elsewhere.packs.run("serverless-guard", "check", "preview.json", "--format", "github")
    assert done.returncode == 1
    assert "::error file=__main__.py,line=6,title=kms-rotation::" in done.stdout
    assert "hunter2" not in done.stdout


def test_a_baseline_lets_the_stack_pass_and_refuses_what_is_new(elsewhere: Elsewhere) -> None:
    elsewhere.save_preview()
    recorded = elsewhere.packs.run("python", "packs/any-name", "baseline", "preview.json")
    assert (recorded.returncode, recorded.stderr) == (0, "")
    baseline = elsewhere.folder / "packs/any-name/baseline.json"
    program = elsewhere.folder / "__main__.py"
    try:
        passed = elsewhere.preview(*OURS)
        assert passed.returncode == 0, passed.stdout
        assert re.search(r"baseline: \d+ recorded findings are not shown: ", passed.stdout)
        program.write_text(PROGRAM + WORSE)
        refused = elsewhere.preview(*OURS)
        assert refused.returncode != 0
        assert "kms-rotation" in violated(refused.stdout)
        assert "(aws:kms/key:Key: other)" in refused.stdout
        assert "(aws:kms/key:Key: news)" not in refused.stdout
    finally:
        program.write_text(PROGRAM)
        baseline.unlink()


def test_a_pack_of_the_sdk_has_the_rules_among_its_own(elsewhere: Elsewhere) -> None:
    theirs = elsewhere.preview("--policy-pack", "packs/theirs")
    assert theirs.returncode != 0
    ours = elsewhere.preview(*OURS)
    assert violated(theirs.stdout) == {*violated(ours.stdout), "no-topics"}


def test_a_pack_that_cannot_start_says_why_in_a_sentence(elsewhere: Elsewhere) -> None:
    broken = elsewhere.folder / "packs/broken"
    shutil.copytree(elsewhere.folder / "packs/any-name", broken)
    (broken / "enforcement.yaml").write_text("every: {kms-rotatoin: {level: advisory}}\n")
    done = elsewhere.preview("--policy-pack", "packs/broken")
    assert done.returncode != 0
    assert "enforcement.yaml: every: there is no rule kms-rotatoin; did you mean kms-rotation?" in done.stdout
    assert "Traceback" not in done.stdout


def test_an_older_python_is_refused_in_a_sentence(elsewhere: Elsewhere) -> None:
    entry = "import sys\nsys.version_info = (3, 9, 18)\nimport serverless_guard.pack\n"
    elsewhere.packs.add_pack("old", entry)
    done = elsewhere.preview("--policy-pack", "packs/old")
    assert done.returncode != 0
    assert "serverless-guard needs Python 3.11 or later; this is Python 3.9" in done.stdout
    assert "Traceback" not in done.stdout
