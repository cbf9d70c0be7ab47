"""The desk at ServiceNow, over its Change Management API or its Table API."""
