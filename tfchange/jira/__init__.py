"""The desk at Jira: Cloud, with and without Service Management, and Data Center."""
