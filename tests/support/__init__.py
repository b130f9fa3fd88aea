"""What the tests share: isolation, waiting for a state, snapshots, real terminals and real processes."""
