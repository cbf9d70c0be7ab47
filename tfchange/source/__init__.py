"""How a plan and its configuration are found and read."""
