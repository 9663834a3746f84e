"""Names of the stack's own: the hosted zone, certificates and records."""
