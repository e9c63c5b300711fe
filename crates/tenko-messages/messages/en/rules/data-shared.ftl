# What the rules about data, availability, logs and quotas share: mostly clauses that say why
# something is not known.

data-shared-unread = { $attribute } could not be read
data-shared-policy-malformed = its policy cannot be understood ({ $reason })

# Backup plans.
data-shared-plan-open = whether the backup plan { $plan } selects it is open
data-shared-plan-unread = { $attribute } of the backup plan { $plan } could not be read

# What an account holds: 2 AWS::EC2::Instance (web-1, web-2)
data-shared-held = { $count } { $type } ({ $names })

# The policies of an organization.
data-shared-organization-missing = { $type } { $organization } was not found
data-shared-policy-unread = { $attribute } of the policy { $policy } could not be read
data-shared-policy-empty = it has no content
data-shared-policy-reason = { $policy }: { $reason }
data-shared-scope-undiscovered = { $scope } was not discovered
data-shared-place-unknown = the place of { $scope } in its organization is unknown
