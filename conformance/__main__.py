"""``python -m conformance`` is ``lead-conformance``."""

import sys

from conformance.cli import main

sys.exit(main())
