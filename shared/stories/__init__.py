"""What a story is as it stands now: its family, its members, its summary. Reads only."""

from shared.stories.members import StorySummary, summarise_stories

__all__ = ["StorySummary", "summarise_stories"]
