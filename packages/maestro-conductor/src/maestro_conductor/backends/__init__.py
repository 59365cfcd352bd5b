"""The conductor's side of schedulers and of local steps."""
