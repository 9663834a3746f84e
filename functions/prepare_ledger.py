"""Called by the deployment: admits the user that the other functions are to the ledger's database."""

from typing import TYPE_CHECKING

from blog import env
from blog.reports.ledger import Ledger
from blog.telemetry import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

admitted = env.required("LEDGER_ADMITTED", "the user that signs in by tokens of IAM")
ledger = Ledger.connect()


def handler(_event: "Mapping[str, object]", _context: object) -> dict[str, str]:
    """Admit the user, however often it is asked for."""
    if ledger is None:
        raise env.EnvError("LEDGER_HOST is not set: set it to the host of the relational store")
    ledger.admit(admitted)
    logger.info("admitted", user=admitted)
    return {"admitted": admitted}
