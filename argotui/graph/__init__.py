"""Who waits for whom, drawn as text, Mermaid or DOT. Pure; called by `graph`."""
