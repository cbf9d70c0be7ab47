"""What every adapter of a port must do, over all adapters and the fakes they are tested with."""
