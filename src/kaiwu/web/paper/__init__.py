"""Papers (文书): documents from the pack's Word templates, frozen under a number, printable and with a way back to the evidence."""
