"""What was learned from data that is not ours to ship: weights only, written by benchmarks/training."""
