"""Values only: what every other room speaks about. Imports nothing of ours."""
