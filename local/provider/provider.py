"""The AWS provider: its settings, and which type or function a call is for."""

import functools
import importlib.metadata
import json
import os
from collections.abc import Mapping
from typing import Any, cast

from local.provider import services
from local.provider.adoption import left_behind, refusal
from local.provider.aws import Aws, AwsError
from local.provider.check import DEFAULTS, complete, mistakes
from local.provider.comparison import blank, same
from local.provider.constraints import refused
from local.provider.interface import Change, Difference, Failure, ProviderError, Resource
from local.provider.lifecycle import Lifecycle
from local.provider.requirements import unmet
from local.provider.schema import schema
from local.provider.wire import UNKNOWN, Props, has_unknown, items, nested

_SETTINGS = frozenset(
    {"region", "defaultTags", "allowedAccountIds", "forbiddenAccountIds", "version", "pluginDownloadURL"}
)
_SKIPPED = "skip"  # skipCredentialsValidation and its like: nothing of the kind is done here.


class AwsProvider:
    """Answers the engine for one provider resource: one region, account and set of default tags."""

    def __init__(self) -> None:
        """Start without settings, as the engine does."""
        self.version = importlib.metadata.version("pulumi-aws")
        self._config: Props = {}
        self._made: set[tuple[str, str]] = set()

    def check_config(self, config: Props) -> list[Failure]:
        """Refuse settings that only the real plugin could follow, and accounts other than the allowed."""
        failures = [
            Failure(
                name,
                f"the stand-in for the AWS plugin does not take {name!r}: endpoint and credentials come from the "
                "environment; remove it, or install the real plugin",
            )
            for name, value in config.items()
            if name not in _SETTINGS and not name.startswith(_SKIPPED) and not blank(value)
        ]
        if not has_unknown(config):
            failures += self._wrong_account(_settings(config))
        return failures

    def replaced_config(self, olds: Props, news: Props) -> list[str]:
        """Another region holds other resources."""
        return ["region"] if olds.get("region") != news.get("region") else []

    def configure(self, config: Props) -> None:
        """Take the settings.

        Raises:
            ProviderError: The account is not one of the allowed.
        """
        self._config = _settings(config)
        for failure in self._wrong_account(self._config):
            raise ProviderError(failure.reason)

    def check(self, token: str, name: str, olds: Props, news: Props, seed: bytes) -> tuple[Props, list[Failure]]:
        """Complete the inputs of a resource, or say what is wrong with them."""
        type_ = services.resource_type(token)
        failures = mistakes(type_, schema(token), news) or list(refused(token, news)) or list(unmet(token, news))
        if failures:
            return news, failures
        inputs = complete(
            type_, schema(token), name=name, olds=olds, news=news, seed=seed, region=self._config.get("region"),
            default_tags=self._default_tags,
        )  # fmt: skip
        return inputs, []

    def diff(self, token: str, olds: Props, news: Props) -> Difference:
        """Compare inputs, and say which changes make another resource."""
        type_ = services.resource_type(token)
        changes: dict[str, Change] = {}
        imported = DEFAULTS not in olds  # What AWS does not report cannot be compared then.
        for name in sorted((olds.keys() | news.keys()) - {DEFAULTS, "region"} | self._moved(olds, news)):
            old, new = olds.get(name), news.get(name)
            unsaid = (new is None and name in type_.computed) or (old is None and name in type_.unread and imported)
            absent = type_.absent.get(name)
            equal = same(
                absent if new is None else new, absent if old is None else old,
                unordered=type_.unordered, computed=type_.computed, path=name,
            )  # fmt: skip
            if unsaid or equal:
                continue
            kind = "ADD" if old is None else "DELETE" if new is None else "UPDATE"
            changes[name] = Change(kind, replaces=name in type_.replaces or name == "region")
        chosen = type_.named in news and type_.named not in cast("list[str]", news.get(DEFAULTS, []))
        kept = chosen and olds.get(type_.named) == news.get(type_.named)
        alone = type_.named not in schema(token).inputs
        return Difference(changes, delete_before_replace=kept or alone)

    def plan(self, token: str, olds: Props, state: Props, news: Props) -> Props:
        """The state after a creation or update, as far as it is known before."""
        type_ = services.resource_type(token)
        changes = self.diff(token, olds, news).changes.keys()
        changed = bool(changes & type_.changing_with if type_.changing_with else changes)
        kept = {
            name: value
            for name, value in state.items()
            if name not in schema(token).inputs and not (changed and name in type_.changing)
        }
        unknown = {DEFAULTS, *type_.changing}
        return {**kept, **{name: value for name, value in news.items() if name not in unknown}}

    def create(self, token: str, inputs: Props) -> Resource:
        """Make a resource, or take over what an interrupted run has left behind under its name."""
        lifecycle = self._lifecycle(token, inputs)
        made = self._taken_over(lifecycle, lifecycle.twin(inputs), inputs)
        if made is None:
            try:
                made = lifecycle.create(inputs)
            except AwsError as error:
                namesake = lifecycle.namesake(inputs) if error.exists else None
                if namesake is None:
                    raise
                made = self._taken_over(lifecycle, namesake, inputs)
                if made is None:
                    raise refusal(lifecycle.type, inputs, namesake, lifecycle.import_id(namesake)) from error
        self._made.add((token, made.id))
        return made

    def _taken_over(self, lifecycle: Lifecycle, found: Resource | None, inputs: Props) -> Resource | None:
        """Take over and finish what an interrupted run has left behind; None if it is not that."""
        type_ = lifecycle.type
        if found is None or (type_.token, found.id) in self._made or not left_behind(type_, inputs, found):
            return None
        return lifecycle.update(found.id, found.inputs, found.state, inputs)

    def read(self, token: str, id_: str, inputs: Props, state: Props) -> Resource | None:
        """Look at a resource."""
        return self._lifecycle(token, {**state, **inputs}).read(id_, inputs, state)

    def update(self, token: str, id_: str, olds: Props, state: Props, news: Props) -> Resource:
        """Change a resource in place."""
        return self._lifecycle(token, news).update(id_, olds, state, news)

    def delete(self, token: str, id_: str, state: Props) -> None:
        """Remove a resource."""
        self._lifecycle(token, state).delete(id_, state)

    def invoke(self, token: str, args: Props) -> Props:
        """Call a function."""
        from local.provider import invokes  # noqa: PLC0415 (most deployments do without)

        function = invokes.function(token)
        return function(self._aws(cast("str | None", args.get("region"))), args)

    @property
    def _default_tags(self) -> dict[str, str]:
        return nested(nested(self._config, "defaultTags"), "tags")

    def _moved(self, olds: Props, news: Props) -> set[str]:
        """The region, if it differs from where the resource is; state written before it was filled in has none."""
        here = self._config.get("region") or _region()
        return {"region"} if olds.get("region", here) != news.get("region", here) else set()

    def _lifecycle(self, token: str, props: Props) -> Lifecycle:
        return Lifecycle(
            services.resource_type(token), self._aws(cast("str | None", props.get("region"))), self._default_tags
        )

    def _aws(self, region: str | None) -> Aws:
        return _aws(region or self._config.get("region") or _region())

    def _wrong_account(self, config: Mapping[str, Any]) -> list[Failure]:
        allowed, forbidden = items(config, "allowedAccountIds"), items(config, "forbiddenAccountIds")
        if not allowed and not forbidden:
            return []
        account = _aws(config.get("region") or _region()).account
        if account not in forbidden and (not allowed or account in allowed):
            return []
        name = "forbiddenAccountIds" if account in forbidden else "allowedAccountIds"
        return [
            Failure(
                name,
                f"the credentials belong to the account {account}, which {name} ({', '.join(config[name])}) rules out; "
                "use the credentials of another account, or correct the setting",
            )
        ]


@functools.cache
def _aws(region: str) -> Aws:
    return Aws(region)


def _region() -> str:
    """The region that the environment names.

    Raises:
        ProviderError: It names none.
    """
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise ProviderError("no region is set: run `pulumi config set aws:region REGION`, or set AWS_REGION")
    return region


def _settings(config: Props) -> Props:
    """The settings with their structure: the engine sends everything that is no string as JSON text."""
    structured = {"defaultTags", "allowedAccountIds", "forbiddenAccountIds"}
    return {
        name: json.loads(value) if name in structured and isinstance(value, str) and value != UNKNOWN else value
        for name, value in config.items()
        if not blank(value)
    }
