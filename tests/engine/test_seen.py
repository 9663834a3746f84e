"""What the guard and the pack see of resources that do not come by a constructor of the program, on the real engine."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import boto3
import pytest

from local import cloud
from local.session import Session
from tests.engine.workspace import ROOT, violated

HERE = Path(__file__).parent / "seen"
ROTATION = {"kms-rotation"}


class Seen:
    """The small program in a folder of its own, with an emulator."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(HERE, folder, dirs_exist_ok=True)
        (folder / ".venv").symlink_to(Path(sys.prefix))
        pack = folder / "pack"
        pack.mkdir()
        shutil.copy(ROOT / "policies/__main__.py", pack)
        shutil.copy(ROOT / "policies/PulumiPolicy.yaml", pack)
        (pack / "enforcement.yaml").write_text(SETTINGS)
        self.session = Session("seen", folder)
        variables = self.session.environment
        session = boto3.Session(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"])
        address = variables["AWS_ENDPOINT_URL"]
        kms = cast("Any", session).client("kms", region_name="eu-central-1", endpoint_url=address)
        self.key = str(kms.create_key(Description="a key", Policy="{}")["KeyMetadata"]["KeyId"])

    def run(self, case: str, *arguments: str, guarded: bool) -> subprocess.CompletedProcess[str]:
        """Run pulumi on a case, with the guard in the program or with the pack."""
        pack = ("--policy-pack", "pack") if not guarded and arguments[0] in {"preview", "up"} else ()
        environment = self.session.environment | {
            "PATH": f"{self.session.root / 'bin'}:{self.session.environment['PATH']}",
            "CASE": case,
            "GUARDED": str(int(guarded)),
            "KEY_ID": self.key,
        }
        return subprocess.run(
            ["pulumi", *arguments, "--stack", "seen", *pack],
            cwd=self.session.root,
            env=environment,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )


SETTINGS = """
every:
  kms-description-present: {level: disabled}
"""
BOTH = pytest.mark.parametrize("guarded", [True, False], ids=["guard", "pack"])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    made = Seen(tmp_path_factory.mktemp("seen"))
    yield made
    cloud.stop(made.session.root)


@BOTH
@pytest.mark.parametrize(
    ("case", "rules"),
    [
        ("loosened by a transform", ROTATION),
        ("corrected by a transform", set[str]()),
        ("by another provider", ROTATION),
        ("in a foreign component", ROTATION),
        ("by an output", ROTATION),
        ("imported", ROTATION),
        ("read", set[str]()),
    ],
)
def test_what_reaches_the_engine_is_judged_however_it_came(
    seen: Seen, case: str, rules: set[str], *, guarded: bool
) -> None:
    """What a program only reads is none of its own: another program answers for it."""
    done = seen.run(case, "preview", guarded=guarded)
    assert violated(done.stdout) == rules, done.stdout
    assert (done.returncode == 0) is not bool(rules)


def test_a_registration_after_the_verdict_is_refused_by_the_guard(seen: Seen) -> None:
    """Without the guard, which waits, the program ends before it."""
    done = seen.run("after the verdict", "preview", guarded=True)
    assert done.returncode != 0
    assert violated(done.stdout) == ROTATION


@BOTH
@pytest.mark.parametrize("case", ["loosened by a transform", "in a foreign component", "by an output"])
def test_an_update_creates_nothing_of_it(seen: Seen, case: str, *, guarded: bool) -> None:
    done = seen.run(case, "up", "--yes", "--skip-preview", guarded=guarded)
    state = seen.run(case, "stack", "export", guarded=True).stdout
    seen.run(case, "destroy", "--yes", "--skip-preview", guarded=True)
    assert done.returncode != 0
    assert violated(done.stdout) == ROTATION, done.stdout
    assert '"type": "aws:kms/key:Key"' not in state


@BOTH
def test_what_no_rule_covers_is_named_in_one_line(seen: Seen, *, guarded: bool) -> None:
    done = seen.run("dynamic", "preview", guarded=guarded)
    assert done.returncode == 0, done.stdout
    (line,) = {line.strip() for line in done.stdout.splitlines() if line.strip().startswith(("unjudged: ", "info: un"))}
    assert line.endswith("unjudged: 1 resource of types that no rule covers: pulumi-python:dynamic:Resource (migrate)")


@BOTH
def test_what_the_settings_loosen_is_shown(seen: Seen, *, guarded: bool) -> None:
    shown = seen.run("plain", "preview", guarded=guarded).stdout
    assert "looser than the rules' defaults, by the settings of the pack:" in shown
    assert "[kms-description-present] disabled instead of advisory" in shown
