"""Runs on disk: what happened, written before anybody is told. Knows the model and nothing else."""
