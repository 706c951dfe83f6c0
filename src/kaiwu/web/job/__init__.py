"""Jobs (后台任务): a small table, claims by conditional UPDATE, one worker command; no broker."""
