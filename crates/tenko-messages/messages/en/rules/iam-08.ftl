iam-08-role = { $role } trusts { $whom }.
iam-08-policy = The policy of { $resource } trusts { $whom }.

# Who.
iam-08-everyone = everyone
iam-08-anyone = anyone
iam-08-perhaps-anyone = anyone, possibly: { $why }
iam-08-member = { $member } ({ $roles })

# Who, and what is wrong with that.
iam-08-not-production = { $who } in { $account }, which is not production
iam-08-stranger = { $who } in { $account }, which is neither in the organization nor declared
iam-08-organization = every account of the organization { $organization }, which is not its own
iam-08-lower-in-organization = every account of the organization { $organization }, { $account } too, which is not production
iam-08-lower-in-unit = every account of the unit { $unit }, { $account } too, which is not production
iam-08-unless-denied = { $who }, unless a statement that denies holds ({ $why })

# Who, and what could not be told.
iam-08-untold = { $who } in { $account }, of which it is not known whether it is in the organization: { $why }
iam-08-organization-untold = every account of the organization { $organization }, of which it is not known whose it is: { $why }
iam-08-unreadable = { $who }, of which it is not known who that is
iam-08-whose-untold = { $who }, of which it is not known whose it is: { $why }
iam-08-perhaps-agent = { $who }, of which it is not known whether it is a service agent of Google
