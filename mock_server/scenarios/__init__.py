"""Situations within the documentation that a good client survives, and how that is told.

A scenario is armed for one organization; what its client then does is judged by the scenario's rules.
"""
