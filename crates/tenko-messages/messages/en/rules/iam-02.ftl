iam-02-password = The root user of { $account } has a password and no MFA.
iam-02-key = The root user of { $account } has an access key and no MFA.
iam-02-perhaps-password = The root user of { $account } has perhaps a password and no MFA.
iam-02-unread = { $attribute } of the account summary of { $account } was not read.
