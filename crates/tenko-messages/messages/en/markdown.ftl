# One drift or finding.
item-title-missing = Declared, and not there
item-title-changed = Differs from what is declared
item-title-misplaced = In another's account or project
item-title-elsewhere_managed = Managed by another environment's code
item-title-unmanaged = Declared nowhere
item-title-unknown = Declared, and could not be observed
item-said = { $what }: { $why }
item-change = { $path }: declared { $expected }, found { $actual }
item-absent = nothing
item-suppressed = suppressed until { $until } by { $owner }: { $reason }
item-remedy-missing = Create it again, or take it out of the declaration.
item-remedy-changed = Apply the declaration again, or change it to what is there.
item-remedy-misplaced = Move it to where it belongs, or correct the tag or declaration that says whose it is.
item-remedy-elsewhere_managed = Move it to the account or project of the environment whose code manages it, or let the code of this environment manage it.
item-remedy-unmanaged = Declare it (`tenko adopt` writes the code for it), ignore it with a reason, or delete it.
item-remedy-unknown = Close the gap that kept it from being observed, and run again.

# In a line.
md-headline = { $verdict }: { $said }
md-count = { $n } { $what }
md-list = { $items }
md-differences =
    { $n ->
        [one] 1 difference
       *[other] { $n } differences
    } in { $tenants ->
        [0] no tenant
        [one] 1 tenant
       *[other] { $tenants } tenants
    }
md-findings =
    { $n ->
        [one] 1 finding
       *[other] { $n } findings
    } ({ $by })
md-clean =
    nothing differs in { $n ->
        [one] 1 resource
       *[other] { $n } resources
    }
md-collected =
    { $n ->
        [one] 1 resource was
       *[other] { $n } resources were
    } read
md-as-far-as-seen = nothing differs as far as was seen
md-suppressed-count = { $n } suppressed
md-first-run = The history holds no run of this manifest before this one: there is nothing to compare it with, and everything is new.
md-changes = Since { $since }: { $new } new, { $changed } changed, { $resolved } resolved, { $unknown } open before and not judged now.
md-more = … and { $more } more: { $full }
md-open = Open the full report
md-full = Full report: { $full }
md-gap-scopes = did not answer
md-gap-contents = all that they hold
md-gap-regions = { $regions }
md-gap-types = { $types } in { $regions }
md-gap =
    { $subject }: { $outcome } ({ $units ->
        [one] 1 unit
       *[other] { $units } units
    })
md-gap-why =
    { $subject }: { $outcome } ({ $units ->
        [one] 1 unit
       *[other] { $units } units
    }): { $why }
md-observed-whole = everything was observed

# The parts of a report.
md-run = Run { $run } of tenko { $version }, ended { $time }.
md-h-changes = What changed
md-h-fixes = Fix first
md-h-gaps = What could not be observed
md-h-matrix = Tenants and environments
md-h-findings = Findings
md-h-findings-of = { $severity }: { $n }
md-h-unknown = Unknown: { $n }
md-h-drift = Drift
md-h-drift-of = { $kind }: { $n }
md-h-suppressions = Suppressions
md-h-suppressed = Suppressed: { $n }
md-h-method = Method
md-c-status = Status
md-c-severity = Severity
md-c-what = What
md-c-resource = Resource
md-c-where = Where
md-c-whose = Tenant / environment
md-c-tenant = Tenant
md-c-shared = shared
md-c-state = State
md-c-for = For
md-c-reason = Reason
md-c-owner = Owner
md-c-expires = Expires
md-c-matched = Matched
md-c-ticket = Ticket
md-c-operation = Operation
md-c-calls = Calls
md-c-drift = Differences
md-c-findings = Findings
md-c-unknown = Unknown
md-no-findings = No rule found a bad state.
md-no-drift = Nothing differs from what is declared.
md-not-evaluated = Not evaluated, or in part: { $rules }: { $why }
md-remedy = Fix: { $text }
md-fix =
    { $remedy } Closes { $n ->
        [one] 1 item
       *[other] { $n } items
    } in { $tenants ->
        [0] no tenant
        [one] 1 tenant
       *[other] { $tenants } tenants
    }.
md-fix-since =
    { $remedy } Closes { $n ->
        [one] 1 item
       *[other] { $n } items
    } in { $tenants ->
        [0] no tenant
        [one] 1 tenant
       *[other] { $tenants } tenants
    }, the oldest since { $since }.
md-status-since = { $status } since { $since }
md-owner = owner { $owner }
md-declared = declared in { $source }
md-legend = Differences / findings. ? nothing was read; * not read whole: there may be more.
md-many = { $n } environments are not in this table: { $full }
md-calls =
    { $n ->
        [one] 1 read-only call
       *[other] { $n } read-only calls
    } to { $services ->
        [one] 1 service
       *[other] { $services } services
    }, { $throttled } throttled, in { $seconds } s.
md-looked =
    { $resources ->
        [one] 1 resource
       *[other] { $resources } resources
    } in { $answered } of { $scopes } accounts and projects; { $complete } of { $units } units read whole.
md-compared = { $managed } declared, { $default } made by the provider, { $ignored } ignored.
md-proof = The process could send { $n } operations, all of them read-only (list { $digest }); none beside them was called.
md-proof-broken = The process could send { $n } read-only operations (list { $digest }); beside them were called: { $outside }.
md-no-proof = Nobody could say how the run was kept read-only.
