data-01-bad = { $bucket } has no versioning, no object lock, no MFA delete, and nobody is denied s3:DeleteBucket.
data-01-bad-partly = { $bucket } has no versioning, no object lock, no MFA delete, and s3:DeleteBucket is denied only in part ({ $conditions }).
data-01-unknown = Nothing was seen that protects { $bucket }, but { $reasons }.
data-01-organization-unknown = whether the organization denies s3:DeleteBucket is not known: { $reason }
data-01-statement-where = { $statement }, where { $conditions }
