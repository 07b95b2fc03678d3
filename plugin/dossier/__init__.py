"""Everything of one project as one zip with a list of hashes, for the archive (Article 41)."""

from plugin.dossier.attachments import Attachment, Source, kept_by
from plugin.dossier.contents import Contents, NothingToArchive, contents_of
from plugin.dossier.writing import write_dossier

__all__ = ["Attachment", "Contents", "NothingToArchive", "Source", "contents_of", "kept_by", "write_dossier"]
