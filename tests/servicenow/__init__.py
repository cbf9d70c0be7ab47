"""The desk at ServiceNow, its fake, and what is particular to it."""
