"""The embedded default: a pod is run as processes on this machine, under a supervisor.

`runtime` is the adapter in the driver; `supervisor` and what it imports run in a process of
their own and use nothing but the standard library, so that it starts at once.
"""
