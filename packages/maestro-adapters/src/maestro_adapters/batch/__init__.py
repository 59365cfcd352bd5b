"""What the adapters of batch schedulers share: `adapter.BatchAdapter`, its parts, and parsers of what several print."""
