"""The table of actions, a file a screen: what feeds keys, toolbar, palette, typed line and help."""
