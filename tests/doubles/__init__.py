"""The promises of the doubles, on real sockets."""
