iam-01-bad = The root user of { $account } has an access key.
iam-01-untold = The summary of { $account } does not tell whether root has keys.
