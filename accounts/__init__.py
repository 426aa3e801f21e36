"""Users, organizers, memberships, and the journal."""
