"""Speeds, measured side by side in one run and printed as ratios."""

import mock_server  # noqa: F401  (before anything imports Connexion: it silences a warning of its imports)
