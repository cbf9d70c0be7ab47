"""How far, how bad, what kind. Pure: nothing here reads or writes."""
