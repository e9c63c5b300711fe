data-02-bad = { $bucket } has no versioning, no soft delete and no retention policy.
