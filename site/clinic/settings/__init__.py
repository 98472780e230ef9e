"""Settings: `base` is safe for production, `dev` serves `make run`, `test` serves the tests."""
