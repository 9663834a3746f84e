"""What this project reads of the blog: checked once, typed from then on.

It depends on the blog's published contract (`outputs.schema.json` there), never on its code. A field that this project
does not name may change without this project's noticing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import pulumi

VERSION = 1
"""The version of the contract that this project was written for."""


class BlogOutputsError(pulumi.RunError):
    """The blog's stack does not export what this project needs; the message says what, and what to do."""


@dataclass(frozen=True, kw_only=True)
class BlogOutputs:
    """The outputs that are needed here, each under its name in camel case there.

    Attributes:
        api_url: Where the blog's API answers, without a slash at the end.
        region: The region in which the blog stands.
    """

    api_url: str
    region: str


def read(stack: str) -> pulumi.Output[BlogOutputs]:
    """Read the outputs of a stack of the blog.

    Args:
        stack: Its whole name, `organization/project/stack`.

    Raises:
        BlogOutputsError: The name is not a whole one. The output fails with it where the stack does not exist, has not
            been deployed, or exports another contract.
    """
    if len([part for part in stack.split("/") if part]) != 3:  # noqa: PLR2004  # organization, project and stack
        raise BlogOutputsError(
            f"blogStack is {stack!r}, but must be the whole name of a stack, such as organization/blog/dev:"
            " pulumi config set blogStack organization/blog/dev"
        )
    return pulumi.StackReference(stack).outputs.apply(lambda outputs: parse(outputs, stack=stack))


def parse(outputs: Mapping[str, object], *, stack: str) -> BlogOutputs:
    """Check what a stack exports, and give it its types.

    Raises:
        BlogOutputsError: As for `read`.
    """
    if not outputs:
        raise BlogOutputsError(f"{stack} exports nothing: deploy it first, with `pulumi up` in the blog's project")
    version = outputs.get("version")
    if version != VERSION:
        exported = f"version {version:g}" if isinstance(version, int | float) else "no version"
        newer = isinstance(version, int | float) and version > VERSION
        raise BlogOutputsError(
            f"{stack} exports {exported} of the contract, but this project reads version {VERSION}: "
            + ("see the blog's CHANGELOG.md and adapt blog_outputs.py" if newer else "deploy a newer blog")
        )
    names = {field.name: _camel(field.name) for field in fields(BlogOutputs)}
    wrong = [name for name in names.values() if not isinstance(outputs.get(name), str)]
    if wrong:
        raise BlogOutputsError(
            f"{stack} exports no text {' and no text '.join(wrong)}: deploy a version of the blog that does"
        )
    return BlogOutputs(**{field: str(outputs[name]) for field, name in names.items()})


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
