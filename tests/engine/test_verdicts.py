"""Pack, guard and `check` say the same of a program: rule, resource and words.

Each small program is judged fresh, deployed and unchanged, and deployed with one change. What differs and cannot be
avoided is in the README of serverless-guard; each such difference is named here, and nothing else differs.
"""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from local import cloud
from local.session import Session
from serverless_guard.state import load
from tests.engine.test_policies import GUARD
from tests.engine.workspace import ROOT, Workspace
from tests.policies.verdicts import Found, advisory, by_check, by_guard, by_pack, mandatory, notes_in

TAGS = {"tags": {"service": "small", "environment": "test", "owner": "web", "cost-centre": "42"}}
CONFIG: dict[str, dict[str, Any]] = {
    "defaults": {"aws:region": "ap-south-1", "aws:defaultTags": TAGS},
    "pinned": {
        "aws:region": "eu-central-1",
        "aws:defaultTags": TAGS,
        "aws:allowedAccountIds": ["111122223333"],
        "small:production": False,
    },
}
PROGRAMS = ("defaults", "pinned", "untagged", "explicit", "hidden", "outputs", "companions", "literal", "options",
            "components", "replaced", "renamed")  # fmt: skip
STATES = ("fresh", "same", "changed")

RETAIN = "the option retain_on_delete is not set: a replacement deletes the data"
"""The engine does not tell a pack of the option."""
REPLACE = "the option delete_before_replace is set: the data goes before its replacement is there"
"""The engine writes the option neither into a preview's JSON nor into a stack's export."""


@dataclass(frozen=True)
class Small:
    """One of the small programs as a stack of its own.

    Attributes:
        name: Its name, and the stack's.
        session: The stack.
        said: The files of its runs, by the state that the program was in.
    """

    name: str
    session: Session
    said: dict[str, Path] = field(default_factory=dict[str, Path])

    @property
    def production(self) -> bool:
        return bool(CONFIG.get(self.name, {}).get("small:production", True))

    def judge(self) -> "Small":
        """Preview, deploy, export, preview unchanged, and preview with a change."""
        self._preview("fresh")
        self._preview("guarded", guarded=True)
        self._pulumi("up", "--yes", "--skip-preview")
        for name, flags in (("export", ()), ("shown", ("--show-secrets",))):
            self.said[name] = self.session.root / f"{self.name}.{name}.json"
            self._pulumi("stack", "export", "--file", str(self.said[name]), *flags)
        self._preview("same")
        self._preview("changed", CHANGED="1", ID=self._bucket())
        if self.name == "literal":
            self._preview("named", guarded=True, CHANGED="1", ID=self._bucket())
        return self

    def pack(self, state: str) -> Found:
        return by_pack(self.said[state].with_suffix(".events"))

    def check(self, state: str) -> Found:
        return by_check(self.said[state], production=self.production)

    def _preview(self, state: str, *, guarded: bool = False, **more: str) -> None:
        file = self.said[state] = self.session.root / f"{self.name}.{state}.json"
        config = advisory(self.session.root, production=self.production)
        pack = ("--policy-pack", str(ROOT / "policies"), "--policy-pack-config", str(config))
        events = ("--event-log", str(file.with_suffix(".events")))
        flags = () if guarded else (*pack, *events)
        with file.open("w") as written:
            command = ["pulumi", "preview", "--json", "--show-sames", *flags, "--stack", self.name]
            environment = {**self._environment(), "GUARDED": str(int(guarded)), **more}
            done = subprocess.run(command, cwd=self.session.root, env=environment, check=False, stdout=written)
        assert guarded or done.returncode == 0, file.read_text()

    def _pulumi(self, *arguments: str) -> None:
        command = ["pulumi", *arguments, "--stack", self.name]
        done = subprocess.run(
            command, cwd=self.session.root, env=self._environment(), check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout

    def _environment(self) -> dict[str, str]:
        return {**self.session.environment, "POLICIES": str(ROOT / "policies"), "PULUMI_DEBUG_COMMANDS": "1"}

    def _bucket(self) -> str:
        """The id of the bucket that the program has, if any."""
        resources = json.loads(self.said["export"].read_text())["deployment"]["resources"]
        return next((one["id"] for one in resources if one["type"] == "aws:s3/bucket:Bucket"), "")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Small]]]:
    """All small programs, two at a time."""
    folder = tmp_path_factory.mktemp("small")
    shutil.copytree(ROOT / "tests/engine/small", folder, dirs_exist_ok=True)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    for name in PROGRAMS:
        config = {"aws:region": "eu-central-1", "small:production": True} | CONFIG.get(name, {})
        (folder / f"Pulumi.{name}.yaml").write_text(json.dumps({"config": config}))
    programs = [Small(name, Session(name, folder)) for name in PROGRAMS]
    with ThreadPoolExecutor(2) as pool:
        yield {one.name: pool.submit(one.judge) for one in programs}
    cloud.stop(folder)


@pytest.fixture(params=PROGRAMS)
def small(request: pytest.FixtureRequest, judged: dict[str, Future[Small]]) -> Small:
    return judged[request.param].result()


def without(found: Found, *words: str) -> Found:
    return Counter({key: count for key, count in found.items() if key[2] not in words})


def beyond(found: Found, other: Found) -> Found:
    """What one has found and another one has not, without the differences that are known of all programs."""
    return without(found - other, RETAIN, REPLACE)


def test_pack_and_check_of_a_preview_find_the_same(small: Small) -> None:
    for state in STATES:
        pack, check = small.pack(state), small.check(state)
        assert pack
        assert RETAIN not in {words for *_, words in pack}
        assert REPLACE not in {words for *_, words in check}
        if small.name == "hidden":
            continue  # a preview hides it
        unused = (("provider-account-pinned", "pulumi:providers:aws::default_7_51_1", "allowedAccountIds is not set"),)
        # A default provider that only functions ask is not in the JSON of a preview.
        assert list(beyond(pack, check)) == list(unused if small.name == "explicit" else ())
        assert beyond(check, pack) == {}


def test_pack_and_check_of_an_export_find_the_same(small: Small) -> None:
    pack = small.pack("same")
    for name in ("shown",) if small.name == "hidden" else ("shown", "export"):
        check = small.check(name)
        assert beyond(pack, check) == {}
        assert beyond(check, pack) == {}


def test_guard_and_pack_find_the_same(small: Small) -> None:
    guard = mandatory(by_guard(small.said["guarded"]), production=small.production)
    pack = mandatory(small.pack("fresh"), production=small.production)
    unused = (("provider-account-pinned", "pulumi:providers:aws::default_7_51_1", "allowedAccountIds is not set"),)
    assert set(beyond(pack, guard)) <= (set(unused) if small.name == "explicit" else set())
    assert beyond(guard, pack) == {}


def test_a_preview_that_the_guard_has_refused_is_judged_like_one_that_it_has_not(small: Small) -> None:
    assert small.check("guarded") == small.check("fresh")


def test_a_stack_has_one_verdict_until_it_is_changed(judged: dict[str, Future[Small]]) -> None:
    small = judged["companions"].result()
    assert small.pack("fresh") == small.pack("same")
    assert set(small.pack("changed") - small.pack("same")) == {
        ("s3-public-access-block-complete", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock::media",
         "restrictPublicBuckets is not true"),
    }  # fmt: skip


def test_a_companion_that_names_its_bucket_by_a_literal_id_is_found(judged: dict[str, Future[Small]]) -> None:
    small = judged["literal"].result()
    for found in (small.pack, small.check):
        rules = {state: {rule for rule, *_ in found(state)} for state in STATES}
        assert "s3-versioning" in rules["same"]
        assert "s3-versioning" not in rules["changed"]
    assert "s3-versioning" in {rule for rule, *_ in by_guard(small.said["guarded"])}
    assert "s3-versioning" not in {rule for rule, *_ in by_guard(small.said["named"])}


@pytest.mark.parametrize("name", [*STATES, "export"])
def test_what_a_secret_hides_is_said_once_and_what_it_does_not_is_judged_alike(
    judged: dict[str, Future[Small]], name: str
) -> None:
    small = judged["hidden"].result()
    pack, check = small.pack("same" if name == "export" else name), small.check(name)
    grants = "aws:iam/rolePolicy:RolePolicy::grants"
    hidden = f"cannot decide: a secret hides policy of {grants}"
    assert {(about, words) for _, about, words in beyond(check, pack)} == {(grants, hidden)}
    places = {"aws:sqs/queue:Queue::jobs": "sqs-cmk", "aws:ssm/parameter:Parameter::setting": "ssm-secure-string"}
    others = {about: rule for rule, about, _ in beyond(pack, check) if not about.startswith("aws:iam/")}
    assert others == places
    note = notes_in(load(small.said[name]))["secrets-hidden"]
    assert "sqs-cmk (jobs.kmsMasterKeyId), ssm-secure-string (password.value, setting.value, size.value). " in note


def test_what_an_option_says_is_seen_where_the_engine_tells_it(judged: dict[str, Future[Small]]) -> None:
    small = judged["options"].result()
    words = {
        "pack": {words for *_, words in small.pack("fresh")},
        "check": {words for *_, words in small.check("fresh")},
        "guard": {words for *_, words in by_guard(small.said["guarded"])},
    }
    assert {name for name, said in words.items() if RETAIN in said} == {"check", "guard"}
    assert {name for name, said in words.items() if REPLACE in said} == {"pack", "guard"}


BEFORE, AFTER = 'mode="Active"', 'mode="PassThrough"'
"""A change of each function that breaks a rule."""


def judge(workspace: Workspace, stack: str, file: Path, *, guarded: bool) -> tuple[Found, Found, Found]:
    """Preview the program, and give what the pack, `check` of the preview, and the guard find."""
    production = yaml.safe_load((workspace.folder / f"Pulumi.{stack}.yaml").read_text())["config"]["blog:production"]
    flags = ("--policy-pack-config", str(advisory(file.parent, production=production)))
    events = ("--event-log", str(file.with_suffix(".events")))
    command = ["pulumi", "preview", "--json", "--show-sames", "--policy-pack", "policies", *flags, *events]
    environment = {**workspace.environment(stack), "PULUMI_DEBUG_COMMANDS": "1"}
    with file.open("w") as written, ExitStack() as changes:
        if not guarded:
            changes.enter_context(workspace.changed("__main__.py", GUARD, ""))
        done = subprocess.run(
            [*command, "--stack", stack], cwd=workspace.folder, env=environment, check=False, stdout=written
        )
    assert done.returncode == 0, file.read_text()
    return by_pack(file.with_suffix(".events")), by_check(file), by_guard(file)


@pytest.mark.parametrize("stack", ["dev", "prod", "options", "more"])
def test_the_program_has_one_verdict_fresh_deployed_and_changed(
    request: pytest.FixtureRequest, workspace: Workspace, tmp_path: Path, stack: str
) -> None:
    if stack in {"options", "more"}:
        request.getfixturevalue(stack)  # deploys it, once for all tests
    workspace.add_stack(f"new-{stack}", like=stack)
    pack, check, guard = judge(workspace, f"new-{stack}", tmp_path / "fresh.json", guarded=True)
    assert pack == without(check, RETAIN)
    assert guard == {}
    if stack in {"dev", "prod"}:
        workspace.up(stack)
    same, check, guard = judge(workspace, stack, tmp_path / "same.json", guarded=True)
    assert same == without(check, RETAIN)
    assert guard == {}
    workspace.pulumi(stack, "stack", "export", "--show-secrets", "--file", str(tmp_path / "export.json"))
    production = stack == "prod"
    assert without(by_check(tmp_path / "export.json", production=production), RETAIN) == same
    with workspace.changed("components/compute/function.py", BEFORE, AFTER):
        changed, check, _ = judge(workspace, stack, tmp_path / "changed.json", guarded=False)
    assert changed == without(check, RETAIN)
    assert {rule for rule, *_ in changed - same} == {"lambda-tracing-active"}
