"""What a REST API is made of, and by which its deployment tells whether it has changed."""

import hashlib
from collections.abc import Callable

import pulumi
from pulumi_aws import apigateway


class Parts:
    """Collects the parts of a REST API: a deployment is a copy of them, made when one of them has changed.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html

    Args:
        name: The API's, with which all names begin.
        api_id: The API.
        opts: Options of the parts.
    """

    def __init__(self, name: str, api_id: pulumi.Output[str], opts: pulumi.ResourceOptions) -> None:
        self.name = name
        self._api_id = api_id
        self._opts = opts
        self._inputs: dict[str, object] = {}
        self.made: list[pulumi.Resource] = []

    def add[R: pulumi.Resource](
        self, kind: Callable[..., R], key: str = "", *, after: pulumi.Resource | None = None, **inputs: object
    ) -> R:
        """Make a part.

        Args:
            kind: Its class.
            key: What tells it from others of its kind.
            after: What has to exist before.
            inputs: Its inputs, without the API.
        """
        full = f"{self.name} {key}".rstrip()
        opts = pulumi.ResourceOptions.merge(self._opts, pulumi.ResourceOptions(depends_on=[after] if after else []))
        api = {"rest_api_id" if kind is apigateway.Response else "rest_api": self._api_id}
        part = kind(full, **api, **inputs, opts=opts)
        self._inputs[f"{kind.__name__} {full}"] = inputs
        self.made.append(part)
        return part

    def digest(self) -> pulumi.Output[str]:
        """Tell one state of all parts from another."""
        written = pulumi.Output.json_dumps(self._inputs, sort_keys=True)
        return written.apply(lambda text: hashlib.sha256(text.encode()).hexdigest())
