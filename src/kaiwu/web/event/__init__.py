"""Events (变更记录): who did what to which record, when, on which evidence, under which rule version."""
