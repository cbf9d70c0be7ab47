"""The pull request hears of it."""
