"""Which proofs look alike: found by bands of a hash, then compared in earnest."""
