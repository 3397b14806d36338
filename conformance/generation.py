"""What Hypothesis makes up depends on the seed, and on nothing else that happens to be there.

Hypothesis also draws values from the constants of the source code that is loaded and is not installed as a package.
For a suite that is the same for everybody this is wrong twice: another set of modules, or another way to install them,
would give other requests for the same seed; and a sandbox in the same process would give away by its constants what
it does wrong on purpose.
"""

from __future__ import annotations

from hypothesis.internal.conjecture import providers


def from_the_seed_alone() -> None:
    """Let Hypothesis know no constants but its own, from now on in this process."""
    providers._get_local_constants = lambda: providers._local_constants
