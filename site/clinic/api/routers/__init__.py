"""The operations of the API, one module for each part of the address space."""
