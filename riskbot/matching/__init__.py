"""From rules and an article to hits. Pure: no clock, no files, no database."""
