"""Calls to the AWS on the laptop. Where it is, and by which credentials, the environment says, and nothing else."""

import functools
import ipaddress
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import botocore.config
import botocore.exceptions
import botocore.session
from botocore.model import OperationModel

from local.provider.interface import ProviderError

PATIENCE_SECONDS = 60.0
"""How long to wait for what AWS does in the background, such as a role that Lambda does not know yet."""

_GONE = ("NotFound", "NoSuch", "NonExistent", "NonexistentItem", "DoesNotExist", "404")
_EXISTS = ("Duplicate", "AlreadyExists", "EntityAlreadyExists", "ResourceConflictException", "ResourceInUseException",
           "ResourceExistsException", "AlreadyOwnedByYou", "QueueNameExists", "ParameterAlreadyExists",
           "ConflictException", "DuplicateRecordException")  # fmt: skip

_NOT_YET = (
    ("lambda", "cannot be assumed by Lambda"),
    ("lambda", "The role defined for the function"),
    ("lambda", "is in the following state: Pending"),
    ("lambda", "update is in progress"),
    ("kms", "invalid principals"),
    ("sqs", "You must wait 60 seconds"),
    ("scheduler", "must allow AWS EventBridge Scheduler to assume the role"),
    ("secretsmanager", "scheduled for deletion"),
)
"""By service, the texts of errors that pass on their own, as the documentation of each service's API has them."""


NOT_EMULATED = frozenset(
    {
        ("logs", "AssociateKmsKey"),
        ("logs", "DisassociateKmsKey"),
        ("logs", "PutLogGroupDeletionProtection"),
        ("secretsmanager", "CancelRotateSecret"),
    }
)
"""Operations that the local AWS lacks and without which everything works. They are left out."""

NOT_AS_AWS = (
    "secrets are rotated when RotateSecret is called, not by the month; all caches are one server, told apart by users",
    "a batch of a table's stream that fails is neither split nor given up, and a failure in part is taken for success",
    "Athena does not stop a query at the workgroup's limit, and reads gzip and JSON by DuckDB's rules",
    "APIs write no logs, and a REST API's cache keeps no answers",
    "an API's own name has no DNS record: calls name it and go to the local AWS; the default address answers beside it",
    "all databases are one PostgreSQL, told apart by their names and masters",
    "PostgreSQL admits a member of rds_iam by its name, without a look at the token",
)
"""What the local AWS does otherwise than AWS."""


class AwsError(ProviderError):
    """An answer of AWS that is an error.

    Attributes:
        code: Its code, such as `ResourceNotFoundException`.
    """

    def __init__(self, service: str, operation: str, code: str, message: str) -> None:
        """Take what was called and what came back."""
        super().__init__(f"{service} {operation}: {code}: {message}")
        self.code = code

    @property
    def gone(self) -> bool:
        """Whether it says that the resource does not exist."""
        return any(mark in self.code for mark in _GONE)

    @property
    def exists(self) -> bool:
        """Whether it says that the resource exists already."""
        return any(mark in self.code for mark in _EXISTS)


def endpoint() -> str:
    """The address of the local AWS.

    Raises:
        ProviderError: AWS_ENDPOINT_URL is not set, or is not an address of this machine.
    """
    url = os.environ.get("AWS_ENDPOINT_URL", "")
    if not url:
        raise ProviderError(
            "AWS_ENDPOINT_URL is not set: this stand-in for the AWS plugin works on the local AWS only. "
            "Run `make up`, or set it to the address of the local AWS; for the real AWS, install the real plugin."
        )
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return url
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise ProviderError(
            f"AWS_ENDPOINT_URL is {url}, which is not on this machine: this stand-in for the AWS plugin works on the "
            "local AWS only. Set it to something like http://127.0.0.1:4566; for the real AWS, install the real one."
        )
    return url


class Aws:
    """One region of the local AWS."""

    def __init__(self, region: str) -> None:
        """Take the region's name; nothing is called yet."""
        self.region = region
        self.partition = (
            "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
        )
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    @functools.cached_property
    def account(self) -> str:
        """The number of the account that the credentials belong to."""
        return str(self.call("sts", "GetCallerIdentity")["Account"])

    def arn(self, service: str, resource: str, *, account: bool = True, region: bool = True) -> str:
        """The ARN of a resource of this region."""
        where = f"{self.region if region else ''}:{self.account if account else ''}"
        return f"arn:{self.partition}:{service}:{where}:{resource}"

    def operation(self, service: str, operation: str) -> OperationModel:
        """What botocore knows of an operation."""
        return self._client(service).meta.service_model.operation_model(operation)

    def call(self, service: str, operation: str, /, **members: Any) -> dict[str, Any]:
        """Call an operation. What AWS has to spread first is tried again for a while.

        Raises:
            AwsError: AWS answered with an error.
            ProviderError: The request has no valid form, or AWS cannot be reached.
        """
        if (service, operation) in NOT_EMULATED:
            return {}
        client = self._client(service)
        method = _method(client, operation)

        def attempt() -> dict[str, Any] | None:
            try:
                return getattr(client, method)(**members)
            except botocore.exceptions.ClientError as error:
                details: Mapping[str, str] = error.response.get("Error", {})  # pyright: ignore[reportAssignmentType]
                message = details.get("Message", "")
                if (
                    any(service == known and part in message for known, part in _NOT_YET)
                    and time.monotonic() < deadline
                ):
                    return None
                raise AwsError(service, operation, details.get("Code", "Unknown"), message) from None
            except botocore.exceptions.ParamValidationError as error:
                # botocore prints the values, which may be secret: only the names of the members are repeated.
                raise ProviderError(f"{service} {operation}: {_without_values(str(error))}") from None
            except botocore.exceptions.BotoCoreError as error:
                raise ProviderError(
                    f"{service} {operation}: the local AWS at {endpoint()} does not answer ({type(error).__name__}); "
                    "start it with `make up`"
                ) from None

        deadline = time.monotonic() + PATIENCE_SECONDS
        return wait(attempt, f"{service} {operation}")

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                self._clients[service] = _session().create_client(
                    service,  # pyright: ignore[reportArgumentType]  (the stubs know the services by literal names only)
                    region_name=self.region,
                    endpoint_url=endpoint(),
                    config=botocore.config.Config(
                        retries={"mode": "standard", "max_attempts": 4},
                        max_pool_connections=32,
                        s3={"addressing_style": "path"},
                        connect_timeout=5,
                        read_timeout=120,
                    ),
                )
            return self._clients[service]


def wait[T](attempt: Callable[[], T | None], what: str) -> T:
    """Try until there is a result, with growing pauses.

    Raises:
        ProviderError: There is none after `PATIENCE_SECONDS`.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = 0.05
    while (result := attempt()) is None:
        if time.monotonic() + pause > deadline:
            raise ProviderError(f"{what} is not done after {PATIENCE_SECONDS:.0f} s; look at the log of the local AWS")
        time.sleep(pause)
        pause = min(pause * 2, 2.0)
    return result


@functools.cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _method(client: Any, operation: str) -> str:
    names: dict[str, str] = client.meta.method_to_api_mapping
    return next(method for method, name in names.items() if name == operation)


def _without_values(report: str) -> str:
    return "; ".join(line.split(", value:")[0] for line in report.splitlines() if line)
