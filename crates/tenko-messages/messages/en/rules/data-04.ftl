data-04-bad = { $name } has no copy outside { $scope }: { $looked }.
data-04-bad-old = { $name } has no copy outside { $scope } but { $old }: { $looked }.

# Where a copy was looked for.
data-04-looked-bucket = no backup plan copies it there, and it is not replicated there
data-04-looked-table = no backup plan copies it there
data-04-looked-database = no backup plan copies it there, and no recent snapshot of it is there

# Copies that are too old.
data-04-old-backup = one by AWS Backup, the last from { $time }
data-04-old-snapshot = a snapshot from { $time }
data-04-old-both = { $backup } and { $snapshot }

data-04-unknown = No copy of { $name } was seen outside { $scope }, but { $reasons }.
data-04-copy-unread = { $attribute } of a copy could not be read
data-04-backups-unread = not everything that AWS Backup has in other accounts was read ({ $reason })
data-04-replica-unknown = whose bucket its replica { $bucket } is, is not known
data-04-snapshot-time-unknown = the time of a snapshot of it is not known
data-04-snapshots-unread = not every snapshot in other accounts was read ({ $reason })
