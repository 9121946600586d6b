"""How quick the hot paths are, as ratios to bare libraries and a bare server in the same run. Reported, never asserted."""
