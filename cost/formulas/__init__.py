"""What a month of a resource costs, by type: formulas of its inputs, of its usage and of the rest of the stack."""

from collections import defaultdict

from cost.charges import Formula
from cost.formulas import api, backup, compute, databases, messaging, monitoring, network, security, storage, table

MODULES = (compute, api, table, databases, backup, storage, messaging, monitoring, security, network)


def _merged() -> dict[str, tuple[Formula, ...]]:
    found: defaultdict[str, tuple[Formula, ...]] = defaultdict(tuple)
    for module in MODULES:
        for type_, formulas in module.FORMULAS.items():
            found[type_] += formulas
    return dict(found)


FORMULAS = _merged()
"""By type. What is neither here nor listed as free is named in the estimate as unpriced."""
