"""What a person hands in: manifests, parameters, choices; made into a workflow that can be run.

Used by cli, and by bootstrap when a driver prepares its run anew.
"""
