# What several rules say.
rule-attribute-unread = { $attribute } of { $resource } could not be read.
rule-type-unread = Not every { $type } of { $scope } was read: { $reason }.

# Why something was not evaluated, or could not be told. They stand after a colon or in brackets.
rule-no-tenant = no tenant is declared
rule-cloud-undiscovered = nothing of { $cloud } was discovered
rule-type-not-collected = { $type } was not collected
rule-no-organization = no organization was discovered
rule-not-discovered = it was not discovered
rule-not-asked = it was not asked
rule-nothing-collected = nothing in it was collected
rule-type-not-looked-at = { $type } was not looked at
rule-unit-ended = { $type }: { $outcome }
rule-unit-ended-in = { $type } in { $region }: { $outcome }
rule-was-not-read = { $what } was not read
rule-attribute-unread-of = { $attribute } of { $resource } could not be read
rule-accounts-unknown = not every account is known
rule-of-scope = { $scope }: { $reason }
rule-organization-untold = no account gave anything of it ({ $type })
rule-place-unknown = its place in its organization is not known
rule-listing-incomplete = the listing of accounts was incomplete
rule-organization-undiscovered = the organization was not discovered
rule-api-not-enabled = the API is not enabled

# Whose an account or a project is that stands beside another.
rule-whose-same-tenant = { $scope } ({ $tenant }/{ $environment }, of the same tenant)
rule-whose-another-tenant = { $scope } ({ $tenant }/{ $environment }, of another tenant)
rule-whose-nobodys = { $scope }

rule-members-unknown = Not every account of the organization is known.
