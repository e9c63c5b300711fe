# Why a drift is what it is.
drift-both = { $first }; { $then }
drift-and-more = { $shown } and { $more } more

# What kept something from being observed.
drift-no-scope = the environment names no scope that could hold it
drift-scope-undiscovered = { $scope } was not discovered
drift-scope-outcome = { $scope }: { $outcome }
drift-scope-unasked = { $scope } was not asked
drift-type-uncollected = { $type } in { $scope } was not collected
drift-unit-outcome = { $type } in { $scope } { $region }: { $outcome }
drift-unit-uncollected = { $type } in { $scope } { $region } was not collected
drift-no-organization-reader = no account was read that sees all of its organization
drift-nowhere = neither the code nor its environment names an account or project for it
drift-several = { $count } resources could be it, and the code does not say which
drift-attributes-unread =
    { $count ->
        [one] attribute could not be read: { $paths }
       *[other] attributes could not be read: { $paths }
    }
drift-attributes-redacted =
    { $count ->
        [one] attribute is redacted: { $paths }
       *[other] attributes are redacted: { $paths }
    }

# Of what is missing.
drift-passed-disabled = in no enabled region; regions that are not enabled could not be read
drift-partial = only a part of it is declared
drift-declared-too = infrastructure code declares it too: { $sources }

# Of what is somewhere else, or somebody else's.
drift-lives-in-region = { $id } is declared in region { $declared } and lives in { $region }
drift-lives-in-shared = { $id } is declared for { $tenant } { $environment } and lives in scope { $scope }, which is declared as shared
drift-lives-in-undeclared = { $id } is declared for { $tenant } { $environment } and lives in scope { $scope }, which the declaration does not name
drift-lives-in-others = { $id } is declared for { $tenant } { $environment } and lives in scope { $scope }, which belongs to { $others }
drift-tag-tenant = tag { $key }={ $value } names another tenant than { $homes }, whose scope { $scope } is
drift-tag-environment = tag { $key }={ $value } names an environment that scope { $scope } does not belong to
drift-declared-for = it is declared for { $tenant } { $environment }
drift-is-managed-by = it is managed by { $source }
drift-managed-by = managed by { $code }
drift-code-of = { $tenant } { $environment }: { $source }
drift-namesake = another resource of this name is taken as the one declared at { $source }

# What CloudFormation found itself; the status is its word.
drift-detected = CloudFormation's drift detection found it { $status }
drift-detected-at = CloudFormation's drift detection found it { $status } at { $time }
