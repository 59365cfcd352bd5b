"""What the adapters of batch schedulers have in common."""
