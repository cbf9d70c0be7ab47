"""How the tables of the register came to be, a module a step; alembic runs those not yet run."""
