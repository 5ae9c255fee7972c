"""Our expressions held against the Go libraries that Argo uses: `make oracle`."""
