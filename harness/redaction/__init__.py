"""What must never be written: where it stands, what stands for it, and the last look before a file is kept."""
