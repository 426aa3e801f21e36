"""Running the service: servers, demo world, health."""
