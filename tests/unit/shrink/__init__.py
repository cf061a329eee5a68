"""What is taken away from a case, what stays, and how the smallest one is found."""
