"""Whether a service is well before a change and after it, by its metrics and error budgets."""
