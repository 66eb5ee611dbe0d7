"""The jobs of extract, by the names the doorbell knows."""

from services.extract.jobs.linking import LinkContext, link_articles
from services.extract.jobs.reading import ExtractContext, extract_files

__all__ = ["ExtractContext", "LinkContext", "extract_files", "link_articles"]
