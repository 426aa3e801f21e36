"""Programme, releases, entries, invitations and feeds."""
