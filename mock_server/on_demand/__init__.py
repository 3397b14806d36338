"""Faults that a client asks for: ``armed`` has their grammar and those that wait, ``spoiling`` what they do to an
answer, ``asked_errors`` what the errors say. (The ways to serve an API wrongly as a whole are in ``faults``.)
"""
