"""The imperative shell: the only asyncio owner outside the terminal UI. Contains no Argo rule."""
