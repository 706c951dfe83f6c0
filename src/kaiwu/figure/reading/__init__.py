"""Reading files that strangers sent (读入): what runs inside the limited child process, and nothing else.

Owns bytes → cells: text encodings, a look at the zip directory, a scan of the sheet XML, the reader process.
It knows neither variables nor figures, and imports nothing of Kaiwu outside this folder, so that the child
starts fast and its memory limit counts the file and not our libraries. The parent's side is
``kaiwu.figure.workbook``.
"""
