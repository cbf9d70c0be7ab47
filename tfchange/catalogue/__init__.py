"""Who answers for what: the service catalogue, and the code owners of files."""
