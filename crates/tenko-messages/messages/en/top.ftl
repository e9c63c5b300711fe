# What to fix first, where it is drift: the bad state, and what to do about it.
drift-missing-name = What is declared is not there
drift-missing-fix = Apply the code, or create it, where it is still wanted; else take it out of the declaration.
drift-changed-name = What is there differs from what is declared
drift-changed-fix = Find out who changed it and why; then apply the code again, or declare what it is now.
drift-misplaced-name = Resources stand in another tenant's or environment's account or project
drift-misplaced-fix = Move it to the account or project that it belongs to, or correct the tags or the declaration that say otherwise.
drift-elsewhere_managed-name = Resources are managed by another environment's code
drift-elsewhere_managed-fix = Decide which environment it belongs to, and move its code or the resource there without destroying it.
drift-unmanaged-name = Resources that nothing declares
drift-unmanaged-fix = Find out who made it; then declare or import it (`tenko adopt`), or delete it.
