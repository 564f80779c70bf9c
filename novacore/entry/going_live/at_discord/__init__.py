"""The part of `go-live` that happens at Discord: which server, what it lacks, what is made there."""
