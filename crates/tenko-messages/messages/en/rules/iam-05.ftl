iam-05-passwords = { $account } has IAM users with a console password ({ $users }).
iam-05-keys = { $account } has IAM users with an active access key ({ $keyed }) beside { $how }.
iam-05-both = { $account } has IAM users with a console password ({ $users }) and IAM users with an active access key ({ $keyed }) beside { $how }.
iam-05-report-unread = The credential report of { $account } was not read: { $reason }.
iam-05-unread = { $attribute } of { $user } in { $account } was not read.
iam-05-federation-unread = Users of { $account } have access keys, and whether it has federated sign-in is not known: { $reason }.

# How people can sign in without being IAM users.
iam-05-identity-center = IAM Identity Center
iam-05-identity-center-roles = roles of IAM Identity Center
iam-05-saml-provider = the SAML provider { $provider }
