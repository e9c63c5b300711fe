# What is said of drift and findings of earlier runs that a run did not see.

# Resolved.
past-gone = Its place was read, and it is no longer there.
past-drift-gone = Its place was read, and what is declared and what is there no longer differ in this.
past-scope-gone = { $scope } is no longer in the organization.

# Unknown: the run.
past-part = Only a part was asked for.
past-cut-short = The run was cut short.
past-incomplete = The run was incomplete; a whole one will tell.
past-seen-meanwhile = Another run saw it while this one was under way.
past-history-damaged = The run before it cannot be read, so that nothing is called resolved; the next run will tell.
history-damaged-nothing = { $damage }: this run is compared with nothing
history-damaged-some = { $damage }: this run is compared with the runs before it, and resolves nothing

# A kept run that cannot be read.
history-entry-newer = the entry of run { $run } was written by a newer tenko (version { $version }); this one reads { $reads }
history-entry-truncated = the entry of run { $run } was cut off
history-entry-damaged = the entry of run { $run } is damaged: { $reason }
history-report-missing = the report of run { $run } is no longer there
history-report-truncated = the report of run { $run } was cut off: { $found } of { $expected } bytes are there
history-report-damaged = the report of run { $run } is damaged: { $reason }
history-report-version = the report of run { $run } has schema version { $version }; this tenko reads { $reads }
history-report-too-large = the report of run { $run } takes { $bytes } bytes, more than the { $limit } that a history may hold
history-too-large = { $name } takes { $bytes } bytes, more than the { $limit } that a history may hold
history-reason-digest = its digest is another one
history-reason-size = it has another size than it was written with
history-reason-run = it belongs to run { $run }
history-reason-elsewhere = its report is somewhere else

# Unknown: the place.
past-scope-missing = { $scope } was not found, and the run was not whole.
past-scope-not-listed = { $scope } is not among the accounts and projects that were looked for.
past-scope-unread = { $scope } was not read: { $outcome }.
past-scope-not-asked = { $scope } was not asked.
past-unread = Not every { $type } of { $scope } was read: { $outcome }.
past-not-collected = { $type } was not collected there in { $scope }.

# Unknown: the rule.
past-rule-not-run = { $rule } is not among the rules of the run.
past-rule-not-evaluated = { $rule } was not evaluated everywhere.
past-rule-left-out = Verdicts of { $rule } were left out by choice.
past-rule-unsure = { $rule } could not tell everything of { $scope }.

# Unknown: the comparison.
past-not-compared = The run compared with no declaration.
past-tenant-undeclared = { $tenant } is no longer declared, so that nothing is compared for it.
past-environment-undeclared = { $environment } of { $tenant } is no longer declared, so that nothing is compared for it.
past-scope-left = { $scope } no longer belongs to { $environment } of { $tenant }.
past-scope-joined = { $scope } belongs to an environment now, in whose name such things are reported.
past-scope-undeclared = { $scope } no longer belongs to an environment, so that nothing is compared there.
past-drift-ignored = An ignore rule takes it out of the comparison.
past-drift-uncompared = It is there, and nothing that is declared of it was compared: the code says too little, or its own tool did not look again.
past-drift-otherwise = The same resource is reported in another way now.
past-unmanaged-left = What nothing declares is left out in { $scope } by choice.
past-code-left = { $file } is no longer among the code that is compared with, or declares nothing any more.
past-drift-unsure = Not every declared { $type } could be observed there.
