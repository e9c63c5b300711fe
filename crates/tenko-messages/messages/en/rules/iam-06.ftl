# What is wrong with a role or a provider, and what could not be told: clauses of one sentence.
iam-06-found = { $of }: { $clauses }.
iam-06-role = { $role }, for { $hosts }
iam-06-provider = The provider { $provider }, for { $host }

# Who gets in.
iam-06-any = any { $what } of { $of } gets in ({ $subject })
iam-06-any-unasked = any { $what } of { $of } gets in, as nothing asks for the subject
iam-06-anyones = the { $what } { $name } of anyone at { $host } gets in ({ $subject })
iam-06-repository = repository
iam-06-workspace = workspace
iam-06-pipeline = pipeline
iam-06-project = project
iam-06-owner = the owner { $ids }
iam-06-not-named = trust.repositories does not name { $repository }
iam-06-owner-not-named = trust.repositories names nothing of { $owner }
iam-06-named-untold = whether trust.repositories names what has the id { $ids } is not known
iam-06-any-provider = it trusts identity providers of any name
iam-06-denied = a statement that denies may hold ({ $why })

# Which runs get into production.
iam-06-any-branch = any branch may deploy to production
iam-06-branch = the branch { $branch } may deploy to production
iam-06-environment = the environment { $environment } may deploy to production
iam-06-pull-requests = pull requests may deploy to production

# What it may do.
iam-06-admin = it has administrator rights
iam-06-can-become-admin = it can give itself administrator rights with { $actions }
iam-06-perhaps-admin = possibly it has administrator rights ({ $why })
iam-06-admin-untold = whether it has administrator rights is not known ({ $why })
iam-06-inline-unread = an inline policy was not read
iam-06-document-unread = the document of { $policy } was not read
iam-06-policy-unknown = { $policy } is not known
iam-06-policy-malformed = { $policy }: { $why }

# Google Cloud.
iam-06-no-condition = anyone gets in, as it has no attribute condition
iam-06-condition-open = anyone gets in, as its condition does not say whose ({ $condition })
iam-06-condition-untold = whom its condition lets in is not known ({ $condition })
iam-06-condition-not-named = its condition lets in repositories that trust.repositories does not name ({ $condition })
iam-06-condition-named-untold = whether trust.repositories names what its condition lets in is not known ({ $condition })
iam-06-pool-unread = whether its pool is disabled was not read ({ $why })
iam-06-acting = any branch may act in production: { $role } on { $on }, as { $identity }
iam-06-acting-untold = whether any branch may act in production is not known: { $role } on { $on }, as { $identity }
iam-06-acting-number-unread = whether any branch may act in production is not known, as its project's number was not read
iam-06-acting-unread = whether any branch may act in production is not known, as not all was read: { $why }
iam-06-attribute-of = { $attribute } of { $of }
