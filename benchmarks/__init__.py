"""Speeds, measured side by side in one run and printed as ratios."""

import mock_server.app  # noqa: F401  (before anything else imports Connexion: this import of it is quiet)
