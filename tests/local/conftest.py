"""The local AWS for the tests of the provider: an emulator of their own, and what they share in it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import cloud
from local.cloud import Cloud
from tests.local.plugin import Plugin
from tests.local.world import REGION, TAGS, World


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An emulator on a free port, which the environment names while the tests run."""
    root: Path = tmp_path_factory.mktemp("aws")
    uv = Path(__file__).resolve().parents[2] / ".local/uv/bin/uv"
    started = cloud.start(root, uv=uv if uv.exists() else None)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in started.environment().items():
            patch.setenv(name, value)
        patch.setenv("BLOG_ROOT", str(root))
        yield started
    cloud.stop(root)
    cloud.forget(root)


@pytest.fixture(scope="session")
def world(emulator: Cloud) -> Iterator[World]:
    """The plugin, configured as by an explicit provider with default tags, and resources that others need."""
    del emulator
    with Plugin(region=REGION, defaultTags=json.dumps({"tags": TAGS})) as plugin:
        yield World(plugin)


@pytest.fixture
def plugin(world: World) -> Plugin:
    return world.plugin
