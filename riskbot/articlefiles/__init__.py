"""Articles from files: a folder of Markdown and plain text, or one such file.

What always holds: what a file does not say is unknown, never invented; a file that cannot be read as an article is an
`ArticleFileError` that names it, where possible with line and column.
"""

from riskbot.articlefiles.folder import read

__all__ = ["read"]
