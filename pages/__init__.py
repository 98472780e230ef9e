"""Page types, blocks, clinic settings and navigation. Knows only `research`."""
