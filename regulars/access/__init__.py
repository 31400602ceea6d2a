"""Who may do what: accounts, roles, store scope, audit trail."""
