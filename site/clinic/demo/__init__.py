"""The demo clinic: its content as data files beside this module, and the builders that make it."""
