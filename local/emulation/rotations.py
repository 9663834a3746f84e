"""Has secrets rotated as Secrets Manager has them: by the four steps of their functions.

The emulator alone puts a copy of the value in the value's place and calls nobody. A rotation that shall wait for its
time waits for good: only `RotateSecret` begins one here. And a secret that is made without a value has no version as
yet; the emulator alone gives it an empty one.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

import threading
import time
import uuid
from contextvars import copy_context
from typing import Any

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


def rotate(secretsmanager: Any, functions: Any) -> None:
    """Let the emulator's secrets be rotated.

    Args:
        secretsmanager: The emulator's module of the service.
        functions: That of Lambda.
    """
    answer = secretsmanager.json_response
    configure = secretsmanager._rotate_secret  # noqa: SLF001  # it has no hook for this

    def rotate_secret(request: dict[str, Any]) -> Any:
        _, secret = secretsmanager._resolve(request.get("SecretId"))  # noqa: SLF001  # as above
        if not secret or secret.get("DeletedDate"):
            return configure(request)
        function = request.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
        secret["RotationLambdaARN"] = function
        secret["RotationRules"] = request.get("RotationRules") or secret.get("RotationRules")
        secret["RotationEnabled"] = True
        version = request.get("ClientRequestToken") or str(uuid.uuid4())
        if function and request.get("RotateImmediately", True):
            secret["Versions"][version] = {
                "SecretString": None, "SecretBinary": None, "CreatedDate": int(time.time()), "Stages": ["AWSPENDING"]
            }  # fmt: skip
            # The steps belong to the account and region of the request, which stand in its context.
            steps = (take_steps, secret["ARN"], version, function)
            threading.Thread(target=copy_context().run, args=steps, daemon=True).start()
        return answer({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version})

    def take_steps(secret: str, version: str, function: str) -> None:
        for step in STEPS:
            event = {"Step": step, "SecretId": secret, "ClientRequestToken": version, "RotationToken": version}
            if not call(function, event):
                return

    def call(function: str, event: dict[str, str]) -> bool:
        known, config, _ = functions._get_func_record_for_ref(function)  # noqa: SLF001  # as above
        if not known or not config:
            return False
        record = functions._execution_record_for_config(known, config)  # noqa: SLF001  # as above
        return not functions._execute_function_with_config_scope(record, event).get("error")  # noqa: SLF001  # as above

    secretsmanager._rotate_secret = rotate_secret  # noqa: SLF001  # as above


def begin_without_a_version(secretsmanager: Any) -> None:
    """Let a secret that is made without a value have no version.

    Args:
        secretsmanager: The emulator's module of the service.
    """
    create = secretsmanager._create_secret  # noqa: SLF001  # as above

    def create_secret(request: dict[str, Any]) -> Any:
        reply = create(request)
        _, secret = secretsmanager._resolve(request.get("Name"))  # noqa: SLF001  # as above
        if secret and not {"SecretString", "SecretBinary"} & request.keys():
            secret["Versions"] = {
                id_: version
                for id_, version in secret["Versions"].items()
                if version["SecretString"] is not None or version["SecretBinary"] is not None
            }
        return reply

    secretsmanager._create_secret = create_secret  # noqa: SLF001  # as above
