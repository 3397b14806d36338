"""Sequences of calls: what the state machines and models of all three APIs are made of, and values of rare kinds."""
