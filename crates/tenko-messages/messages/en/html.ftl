# The HTML report.

# Frame.
html-title = Audit report
html-skip = Skip to the verdict
html-sections = Sections
html-footer = Made by tenko. This page loads nothing and sends nothing.
html-number = { $n }
html-of = { $n } of { $all }
html-part = { $n } { $what }
html-bound = ≥ { $n }
html-more = and { $n } more
html-what = What
html-where = Where
html-why = Why
html-reason = Reason

# Verdict.
html-verdict = Verdict
html-verdict-drift = { $drift ->
    [one] 1 difference
   *[other] { $drift } differences
} between what is declared and what is there{ $tenants ->
    [0] .
    [one] , in 1 tenant.
   *[other] , in { $tenants } tenants.
}
html-verdict-drift-and-findings = { $drift ->
    [one] 1 difference
   *[other] { $drift } differences
} between what is declared and what is there{ $tenants ->
    [0] {""}
    [one] {" "}(1 tenant)
   *[other] {" "}({ $tenants } tenants)
}, and { $findings ->
    [one] 1 finding
   *[other] { $findings } findings
} of the rules.
html-verdict-findings = Nothing differs from what is declared; { $findings ->
    [one] 1 finding
   *[other] { $findings } findings
} of the rules.
html-verdict-incomplete = Nothing bad was seen, but not everything could be looked at.
html-verdict-clean = Everything that should be looked at was, and nothing differs: { $resources ->
    [one] 1 resource
   *[other] { $resources } resources
}.
html-verdict-collected = { $resources ->
    [one] 1 resource was
   *[other] { $resources } resources were
} collected and compared with nothing.
html-critical = { $n } critical
html-incomplete = Incomplete: what was not seen is neither good nor bad.
html-tile-drift = Differences
html-tile-findings = Findings
html-tile-unknown = Unknown
html-tile-unknown-note = could not be told
html-tile-suppressed = Suppressed
html-tile-scopes = Accounts and projects that answered
html-tile-scopes-suspended = { $n ->
    [one] 1 is suspended or closed
   *[other] { $n } are suspended or closed
}
html-tile-scopes-not-asked = { $n ->
    [one] 1 was not asked
   *[other] { $n } were not asked
}
html-tile-scopes-left = { $suspended ->
    [one] 1 is suspended or closed
   *[other] { $suspended } are suspended or closed
}, { $n ->
    [one] 1 was not asked
   *[other] { $n } were not asked
}
html-tile-units = Units read whole
html-tile-resources = Resources

# Gaps.
html-gaps = Coverage gaps
html-gaps-lead = What is listed here could not be read. Nothing is said about it: it may hold anything.
html-gaps-caption = What should have been read and was not
html-gaps-none = Everything that should have been read was read whole.
html-left-out = Left out: by configuration, or because nothing can be in use there
html-left-out-short = Left out
html-outcome = Outcome
html-units = Units
html-gap-cancelled = The run ended before everything was looked at
html-gap-discovery = Discovery failed in part: there may be accounts or projects that this report lacks
html-gap-code-file = Code: { $file }
html-gap-code-outcome = could not be read: nothing of its environment is called unmanaged
html-gap-whole = { $n ->
    [one] The whole account or project
   *[other] { $n } whole accounts and projects
}
html-gap-contents = Everything in it
html-gap-regions = { $n ->
    [one] Region
   *[other] { $n } regions:
} { $regions }
html-gap-types = { $types }
html-gap-types-regions = { $types } in { $regions }
html-scopes = All accounts and projects
html-scope = Account or project
html-below = Below
html-answered = answered, all read
html-not-asked = not asked

# Tenants.
html-tenants = Tenants and environments
html-tenants-caption = Each environment of each tenant. “?” is what was not seen: neither good nor bad.
html-tenant = Tenant
html-shared = Shared
html-other-environments = Other environments
html-cell-drift = { $n ->
    [one] 1 difference
   *[other] { $n } differences
}
html-cell-good = nothing found
html-cell-own = nothing of its own; see shared
html-cell-quiet = nothing found in what was read
html-cell-nowhere = no account or project
html-cell-nothing = nothing was read
html-cell-partial = read in part: at least { $n ->
    [one] 1 resource
   *[other] { $n } resources
}
html-cell-complete = { $n ->
    [one] 1 resource
   *[other] { $n } resources
}

# Changes and trend.
html-changes = Since the last run
html-unseen = open before and not judged now
html-changes-more = { $n ->
    [one] 1 attribute more differs
   *[other] { $n } attributes more differ
}
html-no-history = There is no earlier run to compare with, so nothing is called new.
html-first-run = The history holds no run of this manifest before this one: everything is new.
html-since = Compared with the run of { $at }.
html-since-last = Compared with the run before.
html-since-several = Compared with { $runs } runs that ran at the same time, the last of { $at }.
html-since-several-last = Compared with { $runs } runs that ran at the same time.
html-trend = Trend
html-trend-summary = { $runs } runs since { $since }: differences went from { $drift_then } to { $drift }, findings from { $findings_then } to { $findings }.
html-trend-back = { $runs } runs since { $since }: at the end as at the start { $drift ->
    [one] 1 difference
   *[other] { $drift } differences
} and { $findings ->
    [one] 1 finding
   *[other] { $findings } findings
}.
html-trend-still = { $runs } runs since { $since }, and nothing moved: { $drift ->
    [one] 1 difference
   *[other] { $drift } differences
} and { $findings ->
    [one] 1 finding
   *[other] { $findings } findings
} in each.
html-trend-table = The runs as a table
html-legend-new = New
html-legend-resolved = Resolved
html-legend-hollow = Incomplete run: at least this many
html-incomplete-run = incomplete
html-run-end = End of the run

# Drift and findings.
html-items = Findings and drift
html-items-caption = Findings and drift, the worst first
html-items-none = There is neither a finding nor drift.
html-fix-first = Fix these first
html-closes = closes { $n }
html-fix-tenants = { $n ->
    [one] 1 tenant
   *[other] { $n } tenants
}
html-filters = Filter findings and drift
html-search = Text
html-severity = Severity
html-kind = Kind
html-kind-column = Severity or kind
html-kind-finding = finding
html-status = Status
html-rule = Rule
html-resource = Resource
html-all = all
html-open = open
html-reset = Clear
html-count = { $first }–{ $last } of { $found }
html-none-match = Nothing matches these filters.
html-rest = { $n } more are in this file and need JavaScript to be shown; the other formats of this report list them too.
html-cut = { $n } more of the lowest rank are not in this page; the other formats of this report have them.
html-page = Page { $page } of { $pages }
html-pages = Pages
html-page-first = First
html-page-back = Previous
html-page-on = Next
html-page-last = Last
html-first-seen = First seen
html-last-seen = Last seen
html-fix = Fix
html-id = Id
html-owner = Owner
html-fingerprint = Fingerprint
html-declared-in = Declared in
html-differences = Attributes that differ
html-attribute = Attribute
html-expected = Declared
html-actual = Actual
html-absent = absent
html-any-value = any value
html-one-of = one of { $values }
html-between = { $min } to { $max }
html-at-least = at least { $min }
html-at-most = at most { $max }
html-to-suppress = To suppress it:
html-copy = Copy
html-copied = Copied
html-copy-failed = Selected: copy it with the keyboard
html-drift-missing = Declared, and not there
html-drift-changed = Not as declared
html-drift-unmanaged = There, and declared nowhere
html-drift-misplaced = In another's account or project
html-drift-elsewhere = Managed by another environment's code
html-drift-unknown = Declared, and could not be observed
html-drift-unknown-fix = Make it readable: see the coverage gaps.

# Suppressions.
html-suppressions = Suppressions
html-suppressions-none = Nothing is suppressed.
html-suppressions-caption = All suppressions, those first that ask for something
html-suppressed-in = Suppressed in
html-suppresses = What it is for
html-state = State
html-matched = Matched
html-decided-by = Decided by
html-created = Created
html-until = Until
html-ticket = Ticket

# Method.
html-method = Method
html-proof = Read-only
html-proof-none = This run says nothing of how it was kept read-only.
html-proof-list = { $n ->
    [one] 1 operation was
   *[other] { $n } operations were
} allowed to leave the process (list { $digest }).
html-proof-inside = { $n ->
    [0] No operation was called.
    [one] The 1 operation that was called is on the list.
   *[other] All { $n } operations that were called are on the list.
}
html-proof-outside = Not on the list, and called: { $operations }
html-proof-held-back = { $n ->
    [one] 1 request was held back before it left
   *[other] { $n } requests were held back before they left
}: this is a mistake in tenko; please report it.
html-run = Run
html-kind-audit = collected and compared with a declaration
html-kind-diff = a kept snapshot, compared
html-kind-collect = collected and compared with nothing
html-duration = { $minutes } min { $seconds } s
html-fact-kind = What was done
html-fact-run = Run
html-fact-started = Started
html-fact-finished = Finished
html-fact-took = Took
html-fact-tool = Version of tenko
html-fact-snapshot = Snapshot
html-fact-managed = Resources that are declared
html-fact-default = Made by the provider itself
html-fact-ignored = Ignored by configuration
html-fact-not-compared = Only their presence is compared
html-fact-withheld = Withheld, for code could not be read
html-calls = API calls
html-calls-total = { $n ->
    [one] 1 request
   *[other] { $n } requests
}, { $kinds ->
    [one] 1 operation
   *[other] { $kinds } operations
}
html-operation = Operation
html-requests = Requests
html-throttled = Throttled
html-rules = Rules
html-passed = Passed
html-code = Infrastructure code
html-file = File, object or stack
html-compared = Compared
html-ignores = Ignore rules that matched nothing
html-warnings = Warnings
