"""Resources that the local AWS has no service for: kept in its Parameter Store as they were asked for.

They have no effect there, but they are created, read, changed, imported and deleted like any other, so that the program
need not know. `up` names their types.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.provider.aws import Aws, AwsError
from local.provider.check import DEFAULTS
from local.provider.resource import Facet, Live, ResourceType
from local.provider.schema import schema
from local.provider.wire import Props

_NOT_KEPT = frozenset({"tags", "region", DEFAULTS})

type Outputs = Callable[[Aws, Props], Props]
"""What AWS would have answered beyond the inputs."""


def kept(
    token: str,
    *,
    key: str | tuple[str, ...],
    outputs: Outputs = lambda _aws, _props: {},
    replaces: frozenset[str] = frozenset(),
    defaults: Mapping[str, Any] | None = None,
    unordered: frozenset[str] = frozenset(),
    named: str = "name",
) -> ResourceType:
    """Declare a type that the local AWS lacks.

    Args:
        token: Pulumi's name of the type.
        key: The property that names a resource, which is also its id; or several, which form its id with slashes.
        outputs: Its further outputs; they have to follow from the inputs.
        replaces: As for other types.
        defaults: As for other types.
        unordered: As for other types.
        named: As for other types.
    """
    keys = (key,) if isinstance(key, str) else key

    def id_of(props: Props) -> str:
        return "/".join(props[name] for name in keys) if all(props.get(name) for name in keys) else str(props["id"])

    def write(aws: Aws, props: Props) -> Live:
        known = schema(token).inputs | {"tagsAll"}
        inputs = {name: value for name, value in props.items() if name in known and name not in _NOT_KEPT}
        aws.call("ssm", "PutParameter", Name=_name(token, id_of(props)), Value=json.dumps(inputs), Type="String",
                 Overwrite=True)  # fmt: skip
        return {name: props[name] for name in keys}

    def rewrite(aws: Aws, props: Props) -> None:
        write(aws, props)

    def find(aws: Aws, props: Props) -> Live | None:
        try:
            answer = aws.call("ssm", "GetParameter", Name=_name(token, id_of(props)))
        except AwsError as error:
            if error.gone:
                return None
            raise
        inputs: Props = json.loads(answer["Parameter"]["Value"])
        return {**inputs, **outputs(aws, inputs)}

    return ResourceType(
        token,
        service="ssm",
        create=write,
        read=find,
        update=write,
        delete=lambda aws, props: aws.call("ssm", "DeleteParameter", Name=_name(token, id_of(props))),
        keys={f"Key{number}": name for number, name in enumerate(keys)},
        id=("/".join(f"{{{name}}}" for name in keys),),
        replaces=replaces,
        defaults=defaults or {},
        unordered=unordered,
        unread=frozenset({"tags"}),
        named=named,
        facets=(Facet(inputs=frozenset({"tagsAll"}), write=rewrite, created=True),),
        kept=True,
    )


def _name(token: str, key: str) -> str:
    """A parameter's name, which may hold neither the token's colons nor an ARN's."""
    return "/".join(
        ("/not-emulated", *(part.replace("/", "-") for part in (*token.split(":"), *key.split(":")) if part))
    )
