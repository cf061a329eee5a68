"""The harness under fire: ended by signals at any moment, and against services that mean it ill."""
