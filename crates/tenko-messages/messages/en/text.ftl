# The report as the terminal shows it.

# What became of a suppression.
suppression-expired = expired
suppression-rearmed = re-armed
suppression-expiring = expires soon
suppression-unused = unused
suppression-unseen = not seen
suppression-active = in force
suppression-again = reported again
suppression-of = { $what } { $resource } ({ $where })
suppression-of-place = { $what } ({ $where })

# Numbers of things, and lists of them.
text-accounts =
    { $n ->
        [one] 1 account
       *[other] { $n } accounts
    }
text-projects =
    { $n ->
        [one] 1 project
       *[other] { $n } projects
    }
text-accounts-projects =
    { $n ->
        [one] 1 account/project
       *[other] { $n } accounts/projects
    }
text-one-account = account
text-one-project = project
text-one-account-project = account/project
text-many-accounts = accounts
text-many-projects = projects
text-many-accounts-projects = accounts/projects
text-part-of-accounts =
    { $n } of { $total ->
        [one] 1 account
       *[other] { $total } accounts
    }
text-part-of-projects =
    { $n } of { $total ->
        [one] 1 project
       *[other] { $total } projects
    }
text-part-of-accounts-projects =
    { $n } of { $total ->
        [one] 1 account/project
       *[other] { $total } accounts/projects
    }
text-count-of = { $n } { $what }
text-findings =
    { $n ->
        [one] 1 finding
       *[other] { $n } findings
    }
text-differences =
    { $n ->
        [one] 1 difference
       *[other] { $n } differences
    }
text-few = { $shown } … and { $more } more
text-more = … and { $n } more (--verbose shows all)
text-and = { $first } and { $then }
text-statement = { $what }: { $text }
text-owner = owner { $owner }
text-mark = [{ $status }]
text-first-seen = first seen { $time }
text-fingerprint = fingerprint { $fingerprint }

# The first line.
text-verdict-drift = DRIFT
text-verdict-findings = FINDINGS
text-verdict-incomplete = INCOMPLETE
text-verdict-collected = COLLECTED
text-verdict-clean = CLEAN
text-headline = { $verdict }: { $statements }
text-differences-in =
    { $n ->
        [one] 1 difference
       *[other] { $n } differences
    } in { $tenants ->
        [one] 1 tenant
       *[other] { $tenants } tenants
    }
text-as-far-as-seen = nothing differs as far as was seen
text-collected =
    { $resources ->
        [one] 1 resource
       *[other] { $resources } resources
    } in { $scopes }
text-clean =
    { $resources ->
        [one] 1 resource
       *[other] { $resources } resources
    } in { $scopes }, nothing differs
text-findings-by =
    { $n ->
        [one] 1 finding
       *[other] { $n } findings
    } ({ $severities })
text-withheld = of the rules' verdicts { $parts }
text-count-suppressed = { $n } suppressed
text-count-left-out = { $n } left out by choice
text-drift-suppressed =
    { $n ->
        [one] 1 difference suppressed
       *[other] { $n } differences suppressed
    }

# What changed since the last run.
text-heading-changes = CHANGES
text-changes = since { $since }: { $new } new, { $changed } changed, { $resolved } resolved, { $unknown } open before and not judged now
text-changes-undated = since the last run: { $new } new, { $changed } changed, { $resolved } resolved, { $unknown } open before and not judged now
text-changes-first = The history holds no run of this manifest before this one: there is nothing to compare it with.
text-past-many = { $n } open before, of which it could not be told whether they are gone

# What to fix first.
text-heading-top = FIX FIRST
text-fix-closes =
    { $n ->
        [one] closes 1 item
       *[other] closes { $n } items
    }
text-fix-tenants =
    { $n ->
        [one] in 1 tenant: { $tenants }
       *[other] in { $n } tenants: { $tenants }
    }
text-fix-since = the oldest since { $date }
text-fix-place = at { $place }
text-top-none = Nothing to fix: no difference and no finding is open.

# What could not be observed.
text-heading-not-observed = NOT OBSERVED
text-heading-left-out = LEFT OUT
text-run-ended = The run ended before everything was looked at.
text-discovery-failed = discovery failed in part: there may be { $scopes } that this report lacks
text-gap-suspended =
    { $n ->
        [one] { $scopes } is suspended or closed
       *[other] { $scopes } are suspended or closed
    }
text-gap-skipped =
    { $n ->
        [one] { $scopes } is skipped by configuration
       *[other] { $scopes } are skipped by configuration
    }
text-gap-silent = { $scopes } did not answer ({ $why })
text-gap-trust = no session could be had
text-gap-contents = nothing was read: { $outcome } in { $place }
text-gap-region-disabled = region { $region } not enabled in { $place }
text-gap-region = region { $region }: { $outcome } in { $place }
text-gap-regions-disabled = { $n } regions not enabled in { $place }
text-gap-regions = { $n } regions: { $outcome } in { $place }
text-gap-types = { $types }: { $outcome } in { $place }
text-problem = { $operation } { $code }: { $message }
text-problem-on = { $operation } { $code } on { $resource }: { $message }
text-problem-request = { $problem } (request { $id })

# Code.
text-heading-code = CODE THAT COULD NOT BE READ
text-code-withheld = the verdict `unmanaged` is withheld here
text-code-everywhere = all environments
text-code-live =
    { $n ->
        [one] 1 live resource that nothing else declares may be declared there
       *[other] { $n } live resources that nothing else declares may be declared there
    }
text-terraform-states =
    { $n ->
        [one] 1 Terraform state
       *[other] { $n } Terraform states
    }
text-cloudformation-stacks =
    { $n ->
        [one] 1 CloudFormation stack
       *[other] { $n } CloudFormation stacks
    }
text-code-compared =
    declared in { $code }: { $resources ->
        [one] 1 resource
       *[other] { $resources } resources
    }, { $compared } of them compared by attribute

# Drift.
text-heading-drift = DRIFT
text-nobodys = belongs to no tenant
text-declared-unobserved =
    { $n ->
        [one] 1 declared resource could not be observed
       *[other] { $n } declared resources could not be observed
    }
text-in = in { $scope }
text-declared-at = declared at { $place }
text-change = { $path }: expected { $expected }, actual { $actual }
text-expected = expected
text-actual = actual
text-absent = absent
text-redacted = redacted:{ $digest }
text-any-value = any value
text-one-of = one of { $values }
text-between = { $min } to { $max }
text-at-least = at least { $min }
text-at-most = at most { $max }

# Findings.
text-heading-findings = FINDINGS
text-fix = Fix: { $fix }
text-rules-blind =
    { $n ->
        [one] 1 rule could not tell
       *[other] { $n } rules could not tell
    }
text-like-it = { $message } (and { $n } more like it)
text-could-not-tell = could not tell for { $place }
text-could-not-tell-places = could not tell for { $n } places: { $places }

# Suppressions.
text-heading-suppressed = SUPPRESSED
text-until = until { $time }
text-until-by = until { $time } by { $owner }
text-suppression-expired = expired after { $time }: { $what } is reported again
text-suppression-rearmed = re-armed: the evidence for { $what } is no longer what was decided on
text-suppression-expiring = expires after { $time }: { $what }
text-suppression-unused = matches nothing any more: { $what }
text-by = by { $owner }

# Warnings.
text-heading-warnings = WARNINGS
text-unused-ignore = ignore rule at { $place } matched nothing: { $what }

# The end.
text-heading-summary = SUMMARY
text-column-environment = environment
text-column-resources = resources
text-column-findings = findings
text-legend-nothing = ? nothing was read
text-legend-partial = * not read whole: there may be more
text-no-difference = no difference
text-quiet =
    { $n ->
        [one] 1 environment more, observed whole, without a difference
       *[other] { $n } environments more, observed whole, without a difference
    }
text-compared =
    { $resources ->
        [one] 1 resource
       *[other] { $resources } resources
    } in { $scopes }
text-compared-counts =
    { $resources ->
        [one] 1 resource
       *[other] { $resources } resources
    } in { $scopes }: { $managed } declared, { $provider } made by the provider, { $ignored } ignored
text-units-read =
    { $read } of { $total ->
        [one] 1 unit
       *[other] { $total } units
    } read whole (one type in one region of one { $scope })
text-rules =
    { $n ->
        [one] 1 rule
       *[other] { $n } rules
    }: { $passed } verdicts pass, { $findings } findings, { $unknown } unknown
text-rules-withheld =
    { $n ->
        [one] 1 rule
       *[other] { $n } rules
    }: { $passed } verdicts pass, { $findings } findings, { $unknown } unknown, { $suppressed } suppressed, { $left_out } left out by choice
text-not-evaluated = not evaluated, or in part: { $rules }: { $reason }
text-inventory =
    { $n } of { $total ->
        [one] 1 unit
       *[other] { $total } units
    } of { $cloud } read from { $source } as of { $time }, which can lag behind
text-calls =
    { $calls ->
        [one] 1 read-only call
       *[other] { $calls } read-only calls
    } to { $services ->
        [one] 1 service
       *[other] { $services } services
    }, { $throttled } throttled, in { $duration }
text-call = { $n } { $operation }
text-call-throttled = { $n } { $operation }, { $throttled } throttled
text-seconds = { $s } s
text-minutes = { $min } min { $s } s
text-hours = { $h } h { $min } min
text-proof =
    { $n ->
        [one] read-only: 1 operation was allowed at all, and none outside that list was called
       *[other] read-only: { $n } operations were allowed at all, and none outside that list was called
    }
text-proof-held =
    { $n ->
        [one] 1 request was held back by the read-only guards: that is a mistake in tenko
       *[other] { $n } requests were held back by the read-only guards: that is a mistake in tenko
    }
text-proof-outside = not read-only: called without being allowed: { $operations }
text-snapshot = snapshot saved as { $place }
text-run = run { $run } · { $time } · tenko { $version }

text-heading-next = NEXT
text-next = - { $text }
text-next-accounts = For each account that did not answer, check that the role (--role or the manifest names it) exists there and trusts the caller; until then nothing is known of it.
text-next-projects = For each project that did not answer, check that the caller, or the service account that it impersonates, has a role there; until then nothing is known of it.
text-next-policy = `tenko policy` prints the permissions that a whole look takes.
text-next-role = `tenko policy --cloud gcp` prints the custom role that a whole look takes.
text-next-unmanaged = Declare what is unmanaged (`tenko adopt` writes the code for it), or ignore it in the manifest with a reason.
text-next-unknown = What is unknown is neither missing nor fine: close the gaps and run again.

# A run of the history, in a line.
text-run-part = { $part },{ " " }
text-run-drift = { $n } drift
text-run-findings = { $n } findings
text-run-new = { $n } new
text-run-resolved = { $n } resolved
text-run-suppressed = { $n } suppressed
text-run-incomplete = incomplete
text-run-narrowed = only a part
