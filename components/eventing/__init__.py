"""What happens without a request: imports, report, archive, and the queues and schedules that they are made of."""
