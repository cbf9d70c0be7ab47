"""The record: one change request per piece of work, at a service desk or in the register."""
