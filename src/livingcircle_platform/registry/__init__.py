"""Keep outlets, merchants, spaces, service centres and mobile services."""
