"""Who is told what: alarms, the dashboard, the topic, budgets."""
