"""The workflows run what a person can run, with no more rights than a job needs."""

import re
from itertools import product
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text()
BOOTSTRAP = yaml.safe_load((ROOT / "bootstrap/Pulumi.yaml").read_text())

each_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)


def read(workflow: Path) -> dict[str, Any]:
    # YAML 1.1 takes the key `on` for true.
    return {("on" if key is True else str(key)): value for key, value in yaml.safe_load(workflow.read_text()).items()}


def jobs(workflow: Path) -> dict[str, dict[str, Any]]:
    return read(workflow)["jobs"]


def steps(workflow: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(workflow).values() for step in job["steps"]]


def assumes_a_role(job: dict[str, Any]) -> bool:
    return any("configure-aws-credentials" in step.get("uses", "") for step in job["steps"])


def commands_without_an_account() -> set[str]:
    """The commands of the jobs that assume no role, once for each value of their matrix."""
    found: set[str] = set()
    for job in (job for workflow in WORKFLOWS for job in jobs(workflow).values() if not assumes_a_role(job)):
        matrix = cast("dict[str, list[str]]", job.get("strategy", {}).get("matrix", {}))
        for command in (step["run"] for step in job["steps"] if "run" in step):
            keys = re.findall(r"\$\{\{ matrix\.(\w+) \}\}", command)
            for values in product(*(matrix[key] for key in keys)):
                given = dict(zip(keys, values, strict=True))
                found.add(re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda match, given=given: given[match[1]], command))
    return found


def test_there_are_the_four_workflows_of_the_delivery() -> None:
    assert [workflow.stem for workflow in WORKFLOWS] == ["check", "deploy", "drift", "preview"]


@each_workflow
def test_every_action_is_pinned_by_its_commit_and_says_its_version(workflow: Path) -> None:
    lines = [line.strip() for line in workflow.read_text().splitlines() if "uses:" in line]
    pinned = re.compile(r"- uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert lines
    assert [line for line in lines if not pinned.fullmatch(line)] == []


@each_workflow
def test_every_job_ends_in_time_and_has_the_rights_that_it_names_and_no_other(workflow: Path) -> None:
    assert read(workflow)["permissions"] == {}
    for job in jobs(workflow).values():
        assert 0 < job["timeout-minutes"] <= 60
        rights = cast("dict[str, str]", job["permissions"])
        writes = {right for right, level in rights.items() if level == "write"}
        comments = any("make comment" in step.get("run", "") for step in job["steps"])
        assert rights["contents"] == "read"
        assert ("id-token" in writes) is assumes_a_role(job)
        assert ("pull-requests" in writes) is comments
        assert writes <= {"id-token", "pull-requests"}


@each_workflow
def test_every_command_is_a_target_of_make(workflow: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    commands = [step["run"] for step in steps(workflow) if "run" in step]
    assert commands
    assert [command for command in commands if not re.fullmatch(r"make [a-z]+( [A-Z]+=\S.*)?", command)] == []
    assert {command.split()[1] for command in commands} - targets == set()


def test_a_pull_request_shows_the_findings_of_both_stacks_on_its_lines() -> None:
    job = jobs(ROOT / ".github/workflows/check.yml")["policies"]
    assert job["strategy"]["matrix"] == {"stack": ["dev", "prod"]}
    assert job["steps"][-1]["run"] == "make findings STACK=${{ matrix.stack }} FORMAT=github"


@each_workflow
def test_runs_of_one_workflow_do_not_meet_and_a_deployment_is_never_cut_off(workflow: Path) -> None:
    concurrency = read(workflow)["concurrency"]
    assert concurrency["group"]
    assert concurrency["cancel-in-progress"] is (workflow.stem in {"check", "preview"})


@each_workflow
def test_nothing_is_secret_and_checkouts_leave_no_token_behind(workflow: Path) -> None:
    assert "secrets." not in workflow.read_text()
    checkouts = [step for step in steps(workflow) if "actions/checkout@" in step.get("uses", "")]
    assert len(checkouts) == len(jobs(workflow))
    assert all(checkout["with"]["persist-credentials"] is False for checkout in checkouts)


def test_a_pull_request_is_checked_without_credentials_by_the_command_of_the_readme() -> None:
    check = ROOT / ".github/workflows/check.yml"
    assert "pull_request" in read(check)["on"]
    assert [step["run"] for step in jobs(check)["test"]["steps"] if "run" in step] == ["make test"]
    assert "make test " in (ROOT / "README.md").read_text()
    assert not any(assumes_a_role(job) for job in jobs(check).values())


def test_a_fork_gets_no_preview_and_no_workflow_runs_a_forks_code_with_the_rights_of_the_base() -> None:
    preview = jobs(ROOT / ".github/workflows/preview.yml")["preview"]
    assert preview["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    assert [workflow for workflow in WORKFLOWS if "pull_request_target" in workflow.read_text()] == []


def test_production_waits_for_the_smoke_call_of_dev_and_for_its_environment() -> None:
    deploy = jobs(ROOT / ".github/workflows/deploy.yml")
    assert deploy["prod"]["needs"] == "dev"
    assert deploy["dev"]["steps"][-1]["run"] == "make smoke ON=aws"
    # GitHub asks for the approval that an environment demands; the role admits this environment only.
    environments = BOOTSTRAP["config"]["environments"]["default"]
    assert {name: job["environment"] for name, job in deploy.items()} == {name: name for name in environments}
    assert {name: job["env"]["STACK"] for name, job in deploy.items()} == {name: name for name in environments}
