"""Who stands where: levels won, then the trade-off front; differences within chance are ties (pure functions)."""
