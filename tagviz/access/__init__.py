"""Who may do what: roles, permissions, and the file that names people and groups."""
