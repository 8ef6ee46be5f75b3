"""Where the parts that grow can be computed besides this process: see `methods.Engine`."""
