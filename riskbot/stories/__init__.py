"""From articles with hits to stories: likeness, origins, claims, gravity. Pure: no clock, no database."""
