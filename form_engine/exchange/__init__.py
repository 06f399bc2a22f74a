"""Records in and out of files that spreadsheets read and write."""
