"""Tables of the exchange."""
