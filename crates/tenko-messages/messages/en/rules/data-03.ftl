# What a database lacks of its own.
data-03-no-rds-backups = { $name } keeps no automated backups (BackupRetentionPeriod 0)
data-03-no-recovery = { $name } has no point-in-time recovery

data-03-bad = { $lacks }, and AWS Backup does not back it up.
data-03-bad-old = { $lacks }, and the last copy by AWS Backup is from { $time }.
data-03-unknown = { $lacks }; whether AWS Backup backs it up is not known: { $reason }.
data-03-copy-unread = { $attribute } of a copy of { $name } could not be read.
data-03-bad-cloud-sql = { $name } has no automated backups.
data-03-spanner = { $name } gives new databases no backup schedule; whether its databases have one is not collected.
