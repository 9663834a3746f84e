"""What keeps a stateful resource from being lost."""

import pulumi


def stateful(parent: pulumi.Resource, *, protection: bool) -> pulumi.ResourceOptions:
    """Options of a stateful child: with protection, the engine neither deletes nor replaces it.

    `protect` refuses the deletion, and `retain_on_delete` keeps the resource at AWS even when somebody unprotects the
    state and takes the resource out of the program. A child inherits only the first from its component.

    Source: https://www.pulumi.com/docs/iac/concepts/resources/options/
    """
    return pulumi.ResourceOptions(parent=parent, protect=protection, retain_on_delete=protection)
