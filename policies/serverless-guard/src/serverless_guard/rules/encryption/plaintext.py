"""Secrets that stand in the configuration of a resource, where everybody reads them who may describe it."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from serverless_guard import json_text
from serverless_guard.record import UNKNOWN, Block, MalformedError, Resource, UndecidedError
from serverless_guard.rules.encryption.credentials import found_in
from serverless_guard.rules.rule import Example, resource_rule

TASK, PROJECT, JOB = (
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:codebuild/project:Project",
    "aws:glue/job:Job",
)
MAPS: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:amplify/app:App": ("environmentVariables",),
    "aws:amplify/branch:Branch": ("environmentVariables",),
    "aws:apigateway/deployment:Deployment": ("variables",),
    "aws:apigateway/stage:Stage": ("variables",),
    "aws:apigatewayv2/stage:Stage": ("stageVariables",),
    "aws:apprunner/service:Service": (
        "sourceConfiguration.imageRepository.imageConfiguration.runtimeEnvironmentVariables",
        "sourceConfiguration.codeRepository.codeConfiguration.codeConfigurationValues.runtimeEnvironmentVariables",
    ),
    "aws:glue/connection:Connection": ("connectionProperties",),
    JOB: ("defaultArguments", "nonOverridableArguments"),
    "aws:mwaa/environment:Environment": ("airflowConfigurationOptions",),
    "aws:sagemaker/model:Model": ("primaryContainer.environment",),
    "aws:synthetics/canary:Canary": ("runConfig.environmentVariables",),
}
"""Properties that map names to values, by type."""
PAIRS: Final[Mapping[str, str]] = {
    PROJECT: "environment.environmentVariables",
    "aws:elasticbeanstalk/environment:Environment": "settings",
}
"""Properties that list names and values, by type."""
CONTAINERS: Final[Mapping[str, str]] = {
    TASK: "containerDefinitions",
    "aws:batch/jobDefinition:JobDefinition": "containerProperties",
}
"""Properties with the JSON of one container or several, by type."""
SCRIPTS: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:ec2/instance:Instance": ("userData", "userDataBase64"),
    "aws:ec2/launchConfiguration:LaunchConfiguration": ("userData", "userDataBase64"),
    "aws:ec2/launchTemplate:LaunchTemplate": ("userData",),
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": ("userData", "userDataBase64"),
}
"""Properties with a script that an instance runs, by type."""
ASSIGNMENT: Final = re.compile(r"(?m)^\s*(?:export\s+|set\s+|\$env:)?([A-Za-z_]\w*)\s*=\s*[\"']?([^\"'\s;]+)")
AWS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
NAMED = "has the name of a secret, and its value is no ARN, URL or path"


@resource_rule(
    "no-plaintext-secret",
    title="AWS resources do not contain plaintext secrets in variables, arguments or user data",
    types=(*MAPS, *PAIRS, *CONTAINERS, *SCRIPTS),
    category="encryption",
    severity="critical",
    env="same",
    sources=("checkov:CKV_AWS_46",),
    fix="Keep the value in Secrets Manager or a SecureString, and have the service read it: `secrets` of a container, "
    "SECRETS_MANAGER as the type of a variable of CodeBuild, {{resolve:secretsmanager:...}}, or a call at run time.",
    good=(
        Example({"stageVariables": {"table": "blog"}}, type="aws:apigatewayv2/stage:Stage"),
        Example(
            {"environment": {"environmentVariables": [{"name": "TOKEN", "type": "SECRETS_MANAGER", "value": "ci"}]}},
            type=PROJECT,
        ),
        Example({"containerDefinitions": UNKNOWN}, type=TASK),
        Example({"containerDefinitions": '[{"environment": [{"name": "TABLE", "value": "blog"}]}]'}, type=TASK),
        Example({"userData": "#!/bin/sh\nyum install -y httpd\n"}, type="aws:ec2/instance:Instance"),
        Example({"defaultArguments": {"--job-language": "python", "--secret-name": "etl"}}, type=JOB),
        Example({"containerDefinitions": ""}, type=TASK),
        Example({"environment": {"environmentVariables": UNKNOWN}}, type=PROJECT),
    ),
    bad=(
        Example(
            {"stageVariables": {"apiKey": "a1"}},
            type="aws:apigatewayv2/stage:Stage",
            finds=(f"stageVariables.apiKey {NAMED}",),
        ),
        Example(
            {"environment": {"environmentVariables": [{"name": "NPM_TOKEN", "value": "a1"}]}},
            type=PROJECT,
            finds=(f"environment.environmentVariables.NPM_TOKEN {NAMED}",),
        ),
        Example(
            {"containerDefinitions": '[{"environment": [{"name": "DB_PASSWORD", "value": "hunter22"}]}]'},
            type=TASK,
            finds=(f"containerDefinitions.DB_PASSWORD {NAMED}",),
        ),
        Example(
            {"containerProperties": '{"environment": [{"name": "KEY", "value": "' + AWS_KEY + '"}]}'},
            type="aws:batch/jobDefinition:JobDefinition",
            finds=("containerProperties.KEY holds a credential",),
        ),
        Example(
            {"defaultArguments": {"--db_password": "hunter22"}},
            type=JOB,
            finds=(f"defaultArguments.--db_password {NAMED}",),
        ),
        Example(
            {"userData": "#!/bin/sh\nexport AWS_ACCESS_KEY_ID=" + AWS_KEY + "\nexport DB_PASSWORD='hunter22'\n"},
            type="aws:ec2/instance:Instance",
            finds=("userData.AWS_ACCESS_KEY_ID holds a credential", f"userData.DB_PASSWORD {NAMED}"),
        ),
        Example(
            {"userData": base64.b64encode(b"curl -u x:" + AWS_KEY.encode()).decode()},
            type="aws:ec2/launchTemplate:LaunchTemplate",
            finds=("userData holds a credential",),
        ),
        *(
            Example({path: {"API_TOKEN": "hunter22"}}, type=kind, finds=(f"{path}.API_TOKEN {NAMED}",))
            for kind, path in (
                ("aws:amplify/app:App", "environmentVariables"),
                ("aws:amplify/branch:Branch", "environmentVariables"),
                ("aws:apigateway/deployment:Deployment", "variables"),
                ("aws:apigateway/stage:Stage", "variables"),
                ("aws:glue/connection:Connection", "connectionProperties"),
                (JOB, "nonOverridableArguments"),
                ("aws:mwaa/environment:Environment", "airflowConfigurationOptions"),
            )
        ),
        Example(
            {
                "sourceConfiguration": {
                    "imageRepository": {
                        "imageConfiguration": {"runtimeEnvironmentVariables": {"API_TOKEN": "hunter22"}}
                    },
                    "codeRepository": {
                        "codeConfiguration": {
                            "codeConfigurationValues": {"runtimeEnvironmentVariables": {"API_TOKEN": "hunter22"}}
                        }
                    },
                }
            },
            finds=(
                (
                    "sourceConfiguration.imageRepository.imageConfiguration.runtimeEnvironmentVar"
                    "iables.API_TOKEN has the name of a secret, and its value is no ARN, URL or "
                    "path"
                ),
                (
                    "sourceConfiguration.codeRepository.codeConfiguration.codeConfigurationValues"
                    ".runtimeEnvironmentVariables.API_TOKEN has the name of a secret, and its "
                    "value is no ARN, URL or path"
                ),
            ),
            type="aws:apprunner/service:Service",
        ),
        Example(
            {"primaryContainer": {"environment": {"API_TOKEN": "hunter22"}}},
            finds=(
                (
                    "primaryContainer.environment.API_TOKEN has the name of a secret, and its "
                    "value is no ARN, URL or path"
                ),
            ),
            type="aws:sagemaker/model:Model",
        ),
        Example(
            {"runConfig": {"environmentVariables": {"API_TOKEN": "hunter22"}}},
            finds=(
                (
                    "runConfig.environmentVariables.API_TOKEN has the name of a secret, and its "
                    "value is no ARN, URL or path"
                ),
            ),
            type="aws:synthetics/canary:Canary",
        ),
        Example(
            {
                "settings": [
                    {
                        "namespace": "aws:elasticbeanstalk:application:environment",
                        "name": "DB_PASSWORD",
                        "value": "hunter22",
                    }
                ]
            },
            finds=("settings.DB_PASSWORD has the name of a secret, and its value is no ARN, URL or path",),
            type="aws:elasticbeanstalk/environment:Environment",
        ),
        *(
            Example({path: "DB_PASSWORD='hunter22'"}, type=kind, finds=(f"{path}.DB_PASSWORD {NAMED}",))
            for kind in (
                "aws:ec2/launchConfiguration:LaunchConfiguration",
                "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
                "aws:ec2/instance:Instance",
            )
            for path in ("userData", "userDataBase64")
        ),
        Example({"containerDefinitions": "{"}, finds=("containerDefinitions is not JSON",), type=TASK),
    ),
    unknown_passes_because="What is unknown holds outputs of resources; it is decided when they are known, which on "
    "`up` is before the resource is created.",
)
def no_plaintext_secret(resource: Resource) -> Iterator[str]:
    """No secret stands in variables, arguments or scripts of a resource, which describing it shows."""
    for where, name, value in _variables(resource):
        yield from found_in(f"{where}.{name}" if name else where, value)


def _variables(resource: Resource) -> Iterator[tuple[str, str, object]]:
    """Yield each variable of a resource: the property that it stands in, its name and its value."""
    props = resource.props
    for path in MAPS.get(resource.type, ()):
        if _known(props, path):
            yield from ((path, name, value) for name, value in props.mapping(path).items())
    if (path := PAIRS.get(resource.type)) and _known(props, path):
        for pair in props.blocks(path):
            if resource.type != PROJECT or (pair.known_text("type") or "PLAINTEXT") == "PLAINTEXT":
                yield path, pair.known_text("name") or "", pair.known_text("value")
    if (path := CONTAINERS.get(resource.type)) and _known(props, path):
        yield from ((path, *pair) for pair in _containers(props, path))
    for path in SCRIPTS.get(resource.type, ()):
        script = _script(props.known_text(path) or "")
        assigned = ASSIGNMENT.findall(script)
        yield from ((path, name, value) for name, value in assigned)
        yield path, "", ASSIGNMENT.sub("", script)


def _known(props: Block, path: str) -> bool:
    try:
        return props.value(path) is not None
    except UndecidedError:
        return False


def _containers(props: Block, path: str) -> Iterator[tuple[str, object]]:
    try:
        parsed = json_text.parse(props.text(path) or "[]")
    except ValueError:
        raise MalformedError(path, "JSON", props.owner) from None
    for container in _list(parsed) or [parsed]:
        for variable in _list(_mapping(container).get("environment")):
            fields = {key.lower(): item for key, item in _mapping(variable).items()}
            yield str(fields.get("name", "")), fields.get("value")


def _script(text: str) -> str:
    """Decode a script that is given in base64."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return text


def _list(value: object) -> Sequence[object]:
    return cast("Sequence[object]", value) if isinstance(value, list) else ()


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
