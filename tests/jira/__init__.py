"""The desk at Jira, its fake, and what is particular to it."""
