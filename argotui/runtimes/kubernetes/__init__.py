"""Clusters. The only room that imports the kubernetes package."""
