"""How programmes, releases, invitations and moves of whole fairs are shown and given. States are shown, never given."""
