"""The pull request hears of it: one comment, labels, a check, the summary and outputs of the job.

`host` is the port to forges, `post` and `labels` stand above it, and each forge is an adapter in a
module of its own.
"""
