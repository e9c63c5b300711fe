iam-07-bad = { $role } trusts { $parties }.
iam-07-untold = { $role } trusts { $party }, and whether that is a third party is not known: { $why }.

# A third party, and what is wrong with how it is let in.
iam-07-no-id = { $party } without an external id
iam-07-any-id = { $party } with any external id
iam-07-shared-id = { $party } with an external id that is also the one of { $others }

# Roles with the same external id.
iam-07-role = { $role } in { $account }
iam-07-role-for-another = { $role } in { $account } for { $party }
iam-07-and-others = { $shown } and others
