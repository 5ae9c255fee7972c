"""The log spool: every byte a container wrote, and an index of its lines. Knows model/ only.

Layout below the run's log folder: `<work key>/<container>.log` holds the raw bytes of both
streams in order of arrival, `<container>.idx` one fixed-size record a line (spool.RECORD).
Written by whoever performs the work, read in place by everybody; never through the engine.
"""
