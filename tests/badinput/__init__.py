"""Bad input: wrong files, options, applications and surroundings end with words that say what to do, never in a crash."""
