// Placeholder until the first type of the target lands.
