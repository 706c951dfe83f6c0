"""Cases (办件): a procedure of a pack on its way, stage by stage, with who, when, evidence and rule version."""
