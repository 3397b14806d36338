"""The commands of ``lead-conformance``: each module adds one, `add_to(commands)`."""
