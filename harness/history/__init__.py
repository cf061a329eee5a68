"""The history: written once, in order, before anything is judged; then read, paired and learned from."""
