"""What an engine on a local stack is told, and what of the caller's own settings it is not."""

import os
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from local import stack
from local.cloud import Cloud
from local.engine import Engine

CLOUD = Cloud(port=4567, pid=1)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path / "engine", "3.220.0", "build")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without plugins of their own."""
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def install_the_real_plugin(folder: Path, release: str = version("pulumi-aws")) -> Path:
    plugin = folder / f"plugins/resource-aws-v{release}"
    plugin.mkdir(parents=True)
    (plugin / "pulumi-resource-aws").touch()
    return plugin


def test_the_launcher_goes_before_the_programs_python_the_stand_in_and_the_engine(tmp_path: Path, engine: Engine):
    folders = stack.environment("dev", engine, CLOUD, tmp_path)["PATH"].split(os.pathsep)

    here = Path(stack.__file__).parent
    assert folders[:4] == [str(here / "bin"), f"{sys.prefix}/bin", str(here / "provider"), str(engine.bin)]
    assert folders[4:] == os.environ["PATH"].split(os.pathsep)


def test_no_setting_of_the_callers_own_aws_or_pulumi_is_handed_on(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "real")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "real")
    monkeypatch.setenv("EDITOR", "ed")
    composed = stack.environment("dev", engine, CLOUD, tmp_path)

    assert "real" not in composed.values()
    assert "AWS_PROFILE" not in composed
    assert composed["EDITOR"] == "ed"


def test_bytecode_of_program_and_policies_is_kept_between_previews(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in stack.environment("dev", engine, CLOUD, tmp_path)


def test_every_aws_client_is_sent_to_the_emulator(tmp_path: Path, engine: Engine):
    composed = stack.environment("dev", engine, CLOUD, tmp_path)

    assert {name: value for name, value in composed.items() if name.startswith("AWS_")} == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4567",
        "AWS_ACCESS_KEY_ID": "local-root",
        "AWS_SECRET_ACCESS_KEY": "local-root",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.mark.parametrize(
    "line", ["aws:region: eu-west-3", 'aws:region: "eu-west-3"', "aws:region: 'eu-west-3'  # Paris"]
)
def test_the_region_is_the_one_of_the_stack_file(tmp_path: Path, engine: Engine, line: str):
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  {line}\n", encoding="utf-8")
    composed = stack.environment("dev", engine, CLOUD, tmp_path)

    assert (composed["AWS_REGION"], composed["AWS_DEFAULT_REGION"]) == ("eu-west-3", "eu-west-3")


def test_state_passphrase_and_plugins_are_in_the_ignored_folder(tmp_path: Path, engine: Engine):
    composed = stack.environment("dev", engine, CLOUD, tmp_path)

    assert {name: value for name, value in composed.items() if name.startswith("PULUMI_")} == {
        "PULUMI_HOME": f"{tmp_path}/.local/pulumi",
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/.local/state",
        "PULUMI_CONFIG_PASSPHRASE_FILE": f"{tmp_path}/.local/passphrase",
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_STACK": "dev",
    }


def test_without_the_real_plugin_the_stand_in_answers():
    folder = Path(stack.__file__).parent / "provider"

    assert stack.aws_plugin() == stack.Plugin(folder, stand_in=True)
    assert str(stack.aws_plugin()) == f"the stand-in of {folder}"


def test_the_real_plugin_of_the_users_engine_is_taken_and_the_stand_in_left_off_the_path(
    tmp_path: Path, home: Path, engine: Engine
):
    real = install_the_real_plugin(home / ".pulumi")
    folders = stack.environment("dev", engine, CLOUD, tmp_path)["PATH"].split(os.pathsep)

    assert stack.aws_plugin() == stack.Plugin(real, stand_in=False)
    assert str(stack.aws_plugin()) == f"the real one in {real}"
    assert str(Path(stack.__file__).parent / "provider") not in folders


def test_a_real_plugin_of_another_version_is_not_taken(home: Path):
    install_the_real_plugin(home / ".pulumi", "6.0.0")

    assert stack.aws_plugin().stand_in


def test_the_users_own_folder_of_plugins_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "elsewhere"))
    real = install_the_real_plugin(tmp_path / "elsewhere")

    assert stack.aws_plugin() == stack.Plugin(real, stand_in=False)
