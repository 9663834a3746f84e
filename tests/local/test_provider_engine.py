"""The plugin under the real engine: deployed, refreshed, imported, and killed half-way."""

import http.client
import http.server
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local import engine, stack
from local.cloud import Cloud
from tests.local.world import TAGS, TRUST, World

PROGRAM = f"""
import pulumi
import pulumi_aws as aws

provider = aws.Provider(
    "aws",
    region="eu-central-1",
    allowed_account_ids=["111122223333"],
    default_tags=aws.ProviderDefaultTagsArgs(tags={TAGS}),
)
opts = pulumi.ResourceOptions(provider=provider)
account = aws.get_caller_identity(opts=pulumi.InvokeOptions(provider=provider)).account_id
role = aws.iam.Role("reader", assume_role_policy='''{TRUST}''', opts=opts)
table = aws.dynamodb.Table(
    "posts",
    name="PREFIX-posts",
    billing_mode="PAY_PER_REQUEST",
    hash_key="PK",
    attributes=[aws.dynamodb.TableAttributeArgs(name="PK", type="S")],
    ttl=aws.dynamodb.TableTtlArgs(attribute_name="expiresAt", enabled=True),
    opts=opts,
)
pulumi.export("table", table.arn)
pulumi.export("tags", table.tags_all)
pulumi.export("account", account)
"""


class Project:
    """A program of its own, deployed to the local AWS."""

    def __init__(self, folder: Path, cloud: Cloud) -> None:
        self.folder = folder
        (folder / "Pulumi.yaml").write_text("name: contract\nruntime: python\n", encoding="utf-8")
        (folder / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-central-1\n", encoding="utf-8")
        self.prefix = folder.name[:20]
        self.write(PROGRAM)
        self.environment = stack.environment("dev", engine.ensure(), cloud, folder)
        stack.ensure_stack("dev", self.environment, folder)

    def write(self, program: str) -> None:
        (self.folder / "__main__.py").write_text(program.replace("PREFIX", self.prefix), encoding="utf-8")

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> str:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
        return output


@pytest.fixture
def project(tmp_path: Path, emulator: Cloud) -> Project:
    return Project(tmp_path, emulator)


def test_a_deployment_is_followed_by_no_change_and_no_drift(project: Project, world: World):
    planned = project.run("preview", "--diff")
    project.run("up", "--yes", "--skip-preview")
    project.run("preview", "--expect-no-changes")
    project.run("refresh", "--yes", "--expect-no-changes")

    assert "tagsAll" in planned
    table = world.call("dynamodb", "describe_table", TableName=f"{project.prefix}-posts")["Table"]
    assert project.run("stack", "output", "table").strip() == table["TableArn"]
    assert project.run("stack", "output", "account").strip() == "111122223333"
    project.run("destroy", "--yes", "--skip-preview")
    assert f"{project.prefix}-posts" not in world.call("dynamodb", "list_tables")["TableNames"]


def test_an_existing_resource_is_imported_without_a_difference(project: Project, world: World):
    world.call(
        "dynamodb",
        "create_table",
        TableName=f"{project.prefix}-posts",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        Tags=[{"Key": key, "Value": value} for key, value in TAGS.items()],
    )
    ttl = {"Enabled": True, "AttributeName": "expiresAt"}
    world.call("dynamodb", "update_time_to_live", TableName=f"{project.prefix}-posts", TimeToLiveSpecification=ttl)
    imported = f'opts=pulumi.ResourceOptions(provider=provider, import_="{project.prefix}-posts"),\n)\npulumi.export'
    project.write(PROGRAM.replace("opts=opts,\n)\npulumi.export", imported, 1))

    output = project.run("up", "--yes", "--skip-preview")

    assert "= 1 imported" in output
    project.write(PROGRAM)
    project.run("preview", "--expect-no-changes")


def test_a_mistake_fails_the_preview_with_the_property_and_the_fix(project: Project):
    project.write(PROGRAM.replace('billing_mode="PAY_PER_REQUEST"', "read_capacity=pulumi.Output.secret('tr0ub4dor')"))

    process = project.start("preview")
    output, _ = process.communicate(timeout=120)

    assert process.returncode != 0
    assert "takes a whole number for 'readCapacity', but was given a string" in output
    assert "tr0ub4dor" not in output


class Interruption(http.server.ThreadingHTTPServer):
    """Stands before the local AWS, and once kills someone after a table was made and before anybody hears of it."""

    def __init__(self, cloud: Cloud, kill: Callable[[], None]) -> None:
        self.cloud = cloud
        self.kill = kill
        self.killed = threading.Event()
        super().__init__(("127.0.0.1", 0), Forwarding)


class Forwarding(http.server.BaseHTTPRequestHandler):
    """Hands a request on to the local AWS."""

    def forward(self) -> None:
        assert isinstance(self.server, Interruption)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = http.client.HTTPConnection("127.0.0.1", self.server.cloud.port)
        connection.request(self.command, self.path, body, dict(self.headers))
        response = connection.getresponse()
        content = response.read()
        if str(self.headers.get("X-Amz-Target")).endswith(".CreateTable") and not self.server.killed.is_set():
            self.server.killed.set()
            self.server.kill()
            return
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection", "server", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = forward  # noqa: N815 (the names that http.server looks for)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name of http.server's parameter)
        """Stay silent."""


@pytest.fixture
def plugin_pid(project: Project, tmp_path: Path) -> Callable[[], int]:
    """Puts a script before the plugin on PATH, which writes down the number of the plugin's process."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script, number = folder / "pulumi-resource-aws", tmp_path / "pid"
    real = stack.aws_plugin().folder / "pulumi-resource-aws"
    script.write_text(f'#!/bin/sh\necho $$ > {number}\nexec {real} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    project.environment["PATH"] = os.pathsep.join([str(folder), project.environment["PATH"]])
    return lambda: int(number.read_text(encoding="utf-8"))


@pytest.mark.parametrize("victim", ["plugin", "engine"])
def test_a_table_made_just_before_a_kill_is_taken_over_by_the_next_run(
    victim: str, project: Project, plugin_pid: Callable[[], int], emulator: Cloud, world: World
):
    running: list[subprocess.Popen[str]] = []

    def kill() -> None:
        os.kill(plugin_pid() if victim == "plugin" else running[0].pid, signal.SIGKILL)

    with Interruption(emulator, kill) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        project.environment["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{proxy.server_port}"
        running.append(project.start("up", "--yes", "--skip-preview"))
        running[0].communicate(timeout=120)
        proxy.shutdown()
    assert proxy.killed.is_set()
    assert running[0].returncode != 0
    assert f"{project.prefix}-posts" in world.call("dynamodb", "list_tables")["TableNames"]
    gone(plugin_pid())

    project.environment |= emulator.environment()
    stack.recover("dev", project.environment, project.folder)
    project.run("up", "--yes", "--skip-preview")

    project.run("preview", "--expect-no-changes")
    project.run("refresh", "--yes", "--expect-no-changes")
    project.run("destroy", "--yes", "--skip-preview")
    assert f"{project.prefix}-posts" not in world.call("dynamodb", "list_tables")["TableNames"]


def gone(pid: int) -> None:
    """Wait until a process has ended, as the plugin does by itself once its engine is gone."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        threading.Event().wait(0.1)
    pytest.fail(f"the plugin {pid} has outlived its engine")
