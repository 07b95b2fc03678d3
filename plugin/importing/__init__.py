"""The bureau's running projects from a spreadsheet: template, strict reading, one transaction, a report by row (Article 23)."""
