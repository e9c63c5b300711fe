# What is probably not meant: of the manifest, of the suppressions file, of the run.
warning-at = { $place }: { $text }
warning-help = { $text } ({ $help })
warning-did-you-mean = did you mean `{ $meant }`?

# The manifest as a whole.
warning-no-tenants = no tenants are declared: nothing is compared
warning-no-tenants-help = below `tenants`, name each tenant with its environments and their accounts or projects
warning-baseline-unused = no tenant uses the baseline `{ $name }`
warning-no-stage = no environment is of the stage `{ $name }`
warning-no-tenant = no tenant is called `{ $name }`
warning-no-environment = no environment is called `{ $name }`

# Types.
warning-type-glob = no known type matches `{ $glob }`
warning-type-other-cloud = `{ $glob }` matches types of another cloud
warning-type-other-cloud-help = each cloud's types are chosen in its own section
warning-asset-type-known = { $type } is read without this already
warning-asset-type-known-help = remove it
warning-cloud-control-known = { $type } is read without Cloud Control already
warning-cloud-control-known-help = remove it here

# Accounts and projects.
warning-scope-holds-nothing = { $scope } is no account or project: nothing lives there directly
warning-scope-unseen = { $scope } was not found, and not everything could be discovered
warning-account-missing = { $account } is not in the organization
warning-project-missing = { $project } is not among the projects that can be seen
warning-did-you-mean-scope = did you mean `{ $id }` ({ $name })?

# Rules, suppressions, trust.
warning-rule-glob = no rule's id matches `{ $glob }`
warning-no-rule = there is no rule `{ $rule }`
warning-no-rule-help = `tenko rules` lists them
warning-rule-taken = `{ $rule }` is a rule of tenko already
warning-rule-taken-help = give the own rule an id of its own: `OWN-01`
warning-suppressed-twice = { $what } is suppressed twice
warning-suppressed-twice-help = keep one of them
warning-suppresses-in = { $what } in { $scope }
warning-suppresses-of = { $what } of { $resource }
warning-trusts-all = `{ $glob }` trusts every repository there is
warning-trusts-all-help = name the owner: `acme-corp/*`

# Infrastructure code.
warning-unencrypted = credentials go out unencrypted
warning-unencrypted-help = write `https://` if the server has it

# Owners.
warning-owner-empty = nothing is said of the owner `{ $owner }`
warning-owner-empty-help = it can have `timezone`, `lang` and `slack`
warning-owner-unused = nothing has the owner `{ $owner }`

# Logins.
warning-login-no-account = `{ $key }` has no meaning: the environment has no account
warning-login-no-project = `{ $key }` has no meaning: the environment has no project
warning-login-role-help = service accounts take the place of roles: `impersonate`
warning-login-data-help = Google Cloud knows no levels of data
warning-login-impersonate-help = AWS has roles: `role`
warning-external-id-shared = all tenants have the same external id
warning-external-id-shared-help = write `{ "{tenant}" }` into it: an external id that opens one client's accounts must not open another's

# What the run saw.
warning-region-unknown = region { $region } is configured, and does not exist in { $scopes }: misspelt?
warning-narrowed = only a part was asked for: whatever else is declared was not compared

# What an ignore rule that matched nothing would take out.
ignore-any-type = any type
ignore-named = { $what } named { $name }
ignore-tagged = { $what } tagged { $tags }
ignore-attributes = { $what }, attributes { $paths }
