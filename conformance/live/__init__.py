"""Care for a live target: what a run may send and change there, and how fixture leads are put back.

``order`` knows what each check costs, ``plan`` tells it before the first write, ``budget`` keeps to it, ``custody``
and ``keeping`` restore fixture leads from a recovery file on disk.
"""
