"""Each runbook is followed to its end on the real engine, and has the effect that it promises."""

import json
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.smoke import call
from tests.engine import runbooks
from tests.engine.runbooks import FOLDER, equip, follow, run
from tests.engine.workspace import Workspace, summary, violated

PAUSE = threading.Event()
"""Never set: waiting for it leaves the processors to what is waited for."""

PATIENCE_SECONDS = 120
MEDIA = "table = data.table_of("
DECLARED = 'Bucket("media", deployment=deployment, logs=logs, opts=opts)\ntable = data.table_of('
FOLLOWED_HERE = {"failed-events", "import-a-bucket", "plan", "restore-the-table", "roll-back", "unlock"}
FOLLOWED_ELSEWHERE = {"bootstrap"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace of its own: runbooks change what other tests count on."""
    made = equip(Workspace(tmp_path_factory.mktemp("runbooks")))
    made.add_stack("locked", like="dev")
    settings = made.folder / "Pulumi.locked.yaml"
    settings.write_text(settings.read_text().replace("protection: false", "protection: true"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def dev(workspace: Workspace) -> Workspace:
    workspace.up("dev")
    return workspace


@contextmanager
def kept(workspace: Workspace, *files: str) -> Generator[None]:
    """Put files back as they were, whatever a runbook does to them."""
    before = {file: (workspace.folder / file).read_text() for file in files}
    try:
        yield
    finally:
        for file, text in before.items():
            (workspace.folder / file).write_text(text)


def resource(workspace: Workspace, stack: str, type_: str, name: str) -> dict[str, Any] | None:
    state = json.loads(workspace.pulumi(stack, "stack", "export").stdout)["deployment"]["resources"]
    urn = f"{type_}::{name}"
    return next((one for one in state if one["urn"].endswith(urn)), None)


def test_every_runbook_with_shell_blocks_is_followed_by_a_test() -> None:
    with_blocks = {file.stem for file in FOLDER.glob("*.md") if runbooks.blocks(file.read_text())}
    assert with_blocks == FOLLOWED_HERE | FOLLOWED_ELSEWHERE


def test_a_runbook_ends_at_its_first_command_that_fails(dev: Workspace, tmp_path: Path) -> None:
    runbook = tmp_path / "broken.md"
    runbook.write_text("```bash\necho before\nfalse | cat\n```\n\n1. Then\n\n   ```bash\n   echo after\n   ```\n")
    with pytest.raises(AssertionError, match=r"^before\s"):
        follow(dev, runbook)
    assert runbooks.blocks(runbook.read_text()) == ["echo before\nfalse | cat\n", "echo after\n"]


def test_a_plan_is_carried_out_once(dev: Workspace) -> None:
    with dev.changed("Pulumi.dev.yaml", "pointInTimeRecoveryDays: 7", "pointInTimeRecoveryDays: 8"):
        said = follow(dev, FOLDER / "plan.md")
        again = run(dev, "make deploy STACK=dev")
    assert summary(said.rpartition("make deploy STACK=dev")[2])[0] == "~ 1 updated"
    assert again.returncode != 0
    assert "there is no plan of dev: make one by `make plan STACK=dev`" in again.stdout


def test_a_plan_refuses_what_was_not_previewed(dev: Workspace) -> None:
    assert run(dev, "make plan STACK=dev").returncode == 0
    with dev.changed("Pulumi.dev.yaml", "logRetentionDays: 14", "logRetentionDays: 7"):
        refused = run(dev, "make deploy STACK=dev")
    assert refused.returncode != 0
    assert "violates plan" in refused.stdout


def test_a_bucket_is_taken_over_with_what_is_in_it(dev: Workspace) -> None:
    s3 = dev.client("dev", "s3")
    name = "blog-dev-media-111122223333"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket=name, Key="picture", Body=b"bytes")
    with dev.changed("__main__.py", MEDIA, DECLARED):
        said = follow(dev, FOLDER / "import-a-bucket.md")
        again = dev.up("dev")
    assert "blog-dev-media replaced" not in said
    assert [line for line in summary(again) if "unchanged" not in line] == []
    assert s3.get_object(Bucket=name, Key="picture")["Body"].read() == b"bytes"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]["RestrictPublicBuckets"]


def test_what_the_program_does_not_declare_is_not_taken_over(dev: Workspace) -> None:
    refused = run(dev, "make import TYPE=aws:s3/bucket:Bucket NAME=blog-dev-nothing ID=blog-dev-nothing")
    assert refused.returncode != 0
    assert "the program would not create aws:s3/bucket:Bucket blog-dev-nothing: declare it first" in refused.stdout


def test_a_restored_table_takes_over_with_its_items_and_gets_what_a_restore_leaves_out(dev: Workspace) -> None:
    dynamodb = dev.client("dev", "dynamodb")
    item = {"PK": {"S": "USER#ada"}, "SK": {"S": "PROFILE"}, "name": {"S": "Ada"}}
    dynamodb.put_item(TableName="blog-dev-table", Item=item)
    with kept(dev, "Pulumi.dev.yaml"):
        follow(dev, FOLDER / "restore-the-table.md")
        restored = dynamodb.describe_table(TableName="blog-dev-table-restored")["Table"]
        recovery = dynamodb.describe_continuous_backups(TableName="blog-dev-table-restored")
        assert dynamodb.get_item(TableName="blog-dev-table-restored", Key={"PK": item["PK"], "SK": item["SK"]})["Item"]
        assert restored["StreamSpecification"]["StreamEnabled"]
        described = recovery["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert described["PointInTimeRecoveryStatus"] == "ENABLED"
        assert (
            dynamodb.describe_time_to_live(TableName="blog-dev-table-restored")["TimeToLiveDescription"][
                "AttributeName"
            ]
            == "expiresAt"
        )
        assert dev.session("dev").outputs()["tableName"] == "blog-dev-table-restored"
    dev.up("dev")


def test_a_time_without_an_offset_is_refused(dev: Workspace) -> None:
    refused = run(dev, "make restore NAME=table-restored AT=2026-11-24T08:00:00")
    assert refused.returncode != 0
    assert "AT is '2026-11-24T08:00:00', without an offset: end it with Z for UTC" in refused.stdout


def test_a_rollback_gives_callers_the_version_before_until_the_next_deployment(dev: Workspace) -> None:
    url = f"{dev.session('dev').outputs()['apiUrl']}/users/nobody"
    with dev.changed(
        "functions/get_user.py", "    user = users.get(", "    return Answer(418, {})\n    user = users.get("
    ):
        dev.up("dev")
        assert call("GET", url).status == 418
        rollback, *rest = runbooks.blocks((FOLDER / "roll-back.md").read_text())
        rolled_back = run(dev, rollback)
        assert rolled_back.returncode == 0, rolled_back.stdout
        assert call("GET", url).status == 404
        assert run(dev, "make drift STACK=dev").returncode != 0
    done = run(dev, "\n".join(rest))
    assert done.returncode == 0, done.stdout
    assert call("GET", url).status == 404


def test_what_failed_is_sent_again_and_done(dev: Workspace) -> None:
    s3, sqs, lambda_ = (dev.client("dev", service) for service in ("s3", "sqs", "lambda"))
    jobs, rows, files = (
        sqs.get_queue_url(QueueName=f"blog-dev-{name}")["QueueUrl"]
        for name in ("jobs", "jobs-dead-letters", "uploads-dead-letters")
    )
    mapping = lambda_.list_event_source_mappings(FunctionName="blog-dev-process-job:live")["EventSourceMappings"][0]
    bucket = dev.session("dev").outputs()["uploadsBucket"]
    header = "userId,name,email,owner"
    # A row that is received three times while nobody writes rows, and a file that names no columns.
    lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    sqs.set_queue_attributes(QueueUrl=jobs, Attributes={"VisibilityTimeout": "0"})
    s3.put_object(Bucket=bucket, Key="rows.csv", Body=f"{header}\nrow,Row,row@example.com,sub-row\n".encode())
    until(lambda: sqs.receive_message(QueueUrl=jobs) and messages(dev, rows) == 1)
    sqs.set_queue_attributes(QueueUrl=jobs, Attributes={"VisibilityTimeout": "300"})
    lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    with revoked(dev, "blog-dev-process-upload"):
        s3.put_object(Bucket=bucket, Key="file.csv", Body=f"{header}\nfile,File,file@example.com,sub-file\n".encode())
        until(lambda: messages(dev, files) == 1)

    said = follow(dev, FOLDER / "failed-events.md")
    nothing = run(dev, "make redrive STACK=dev NAME=nothing")

    assert "blog-dev-jobs-dead-letters: 1 sent again" in said
    assert "blog-dev-uploads-dead-letters: 1 sent again" in said
    for name in ("row", "file"):
        key = {"PK": {"S": f"USER#{name}"}, "SK": {"S": "PROFILE"}}
        until(lambda key=key: "Item" in dev.client("dev", "dynamodb").get_item(TableName="blog-dev-table", Key=key))
    assert [messages(dev, url) for url in (jobs, rows, files)] == [0, 0, 0]
    assert nothing.returncode != 0
    assert "there is no queue blog-dev-nothing-dead-letters" in nothing.stdout


def messages(workspace: Workspace, url: str) -> int:
    """How many messages a queue has, handed out or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = workspace.client("dev", "sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


@contextmanager
def revoked(workspace: Workspace, role: str) -> Generator[None]:
    """Take a function's rights for a while."""
    iam = workspace.client("dev", "iam")
    granted = json.dumps(iam.get_role_policy(RoleName=role, PolicyName="grants")["PolicyDocument"])
    iam.delete_role_policy(RoleName=role, PolicyName="grants")
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="grants", PolicyDocument=granted)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        PAUSE.wait(0.5)


def test_one_resource_is_unlocked_and_stays_at_aws(workspace: Workspace) -> None:
    kind, name = "aws:s3/bucket:Bucket", "blog-locked-media"
    with workspace.changed("__main__.py", MEDIA, DECLARED):
        workspace.up("locked")
        assert run(workspace, f"make unlock STACK=locked NAME={name}", "locked").returncode == 0
        assert "protect" not in (resource(workspace, "locked", kind, name) or {"protect": "gone"})
        workspace.up("locked")
        assert (resource(workspace, "locked", kind, name) or {})["protect"]
    refused = workspace.pulumi("locked", "preview")
    assert refused.returncode != 0
    assert "it is currently marked for protection" in refused.stdout or "protected" in refused.stdout

    said = follow(workspace, FOLDER / "unlock.md", "locked", {"prod": "locked"})
    assert violated(said) == set()
    assert resource(workspace, "locked", kind, name) is None
    assert workspace.client("locked", "s3").head_bucket(Bucket=f"{name}-111122223333")
    nothing = run(workspace, "make unlock STACK=locked NAME=nothing", "locked")
    assert nothing.returncode != 0
    assert "nothing that is protected in locked is called 'nothing'; protected is blog-locked-" in nothing.stdout
