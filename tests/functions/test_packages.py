"""The zips as Lambda runs them: with the runtime's own packages and the layer, and nothing else of this machine."""

import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from components.compute.package import function_package, layer_package

# What the Python runtime brings along: boto3 and what it needs.
# https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
RUNTIME_PACKAGES = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
FUNCTIONS = sorted(path.stem for path in Path("functions").glob("*.py"))


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME_PACKAGES:
        found = importlib.util.find_spec(name)
        assert found is not None
        assert found.origin is not None
        origin = Path(found.origin)
        target = origin.parent if origin.name == "__init__.py" else origin
        (folder / target.name).symlink_to(target)
    return folder


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_starts_on_the_bare_runtime(runtime: Path, tmp_path: Path, function: str) -> None:
    for package, target in (
        (function_package(function), "task"),
        (layer_package("aws-lambda-powertools", "arm64"), "opt"),
    ):
        with zipfile.ZipFile(package.path) as archive:
            archive.extractall(tmp_path / target)
    environment = {
        "PYTHONPATH": os.pathsep.join(map(str, (tmp_path / "task", tmp_path / "opt" / "python", runtime))),
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "TABLE_NAME": "blog-test",
        "ARCHIVE_BUCKET": "blog-test-archive",
        "REPORTS_BUCKET": "blog-test-reports",
        "UPLOADS_BUCKET": "blog-test-uploads",
        "JOBS_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/blog-test-jobs",
        "POWERTOOLS_SERVICE_NAME": "blog",
        "POWERTOOLS_METRICS_NAMESPACE": "blog-test",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POST_LIFETIME_DAYS": "0",
        "CURSOR_SECRET_NAME": "blog-test-cursors",
        "PAGE_SIZE_PARAMETER": "/blog-test/page-size",
        "DISTRIBUTION_ID": "E1",
        "LEDGER_ADMITTED": "blog_test_ledger",
        "LEDGER_HOST": "127.0.0.1",
        "LEDGER_PORT": "5432",
        "LEDGER_DATABASE": "blog_test",
        "LEDGER_USER": "master",
        "CACHE_USER": "blog-test",
    }
    started = subprocess.run(
        [sys.executable, "-S", "-c", f"import {function}; print(callable({function}.handler))"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (started.stdout, started.stderr) == ("True\n", "")
