"""What a workflow would do, as far as it can be known without doing it. Pure; called by `plan`."""
