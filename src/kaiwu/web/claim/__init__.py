"""Claims (兑付) in the browser: filed by firms with what is known filled in, checked, assessed and approved by the office."""
