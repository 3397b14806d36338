"""Witnesses: the calls that show a failure, made as few and as small as they can be, printed, and sent again.

``witness`` picks the calls of a trace that concern the failure, ``shortest`` leaves out what it can, ``chain`` and
``answers`` say which values come from earlier answers, ``shell`` prints lines for bash and curl, ``replay`` sends the
calls to a target.
"""
