"""One run: what stands while it goes on, its plan made and carried out, and what its directory comes to."""
