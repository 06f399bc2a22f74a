"""What a package of apps may hold at most; the same for folders and archives."""

from __future__ import annotations

from typing import Final

MEGABYTE: Final = 1024 * 1024
#: Files in one package.
MOST_FILES: Final = 2_000
#: All files of a package, unpacked.
MOST_BYTES: Final = 64 * MEGABYTE
#: One JSON, HTML or Markdown file; and one CSV file.
FILE_BYTES: Final = 4 * MEGABYTE
SHEET_BYTES: Final = 32 * MEGABYTE
#: Cells and lines of all data files together: each becomes some hundred bytes of memory, and may be two in the file.
MOST_CELLS: Final = 4_000_000
#: Columns of a data file: more than a form and its sub-tables can have.
MOST_COLUMNS: Final = 1_000
#: The directory of an archive, before it is read: 2,000 names of 250 characters.
DIRECTORY_BYTES: Final = MOST_FILES * 300
#: Nesting of a JSON file: deeper than any definition needs, far below what makes a recursive reader fail.
MOST_DEPTH: Final = 48
#: Faults that are told; more help nobody.
MOST_FAULTS: Final = 500
