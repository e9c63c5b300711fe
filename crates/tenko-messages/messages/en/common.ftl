# What all reports share.
as-it-is = { $text }
some-and-more = { $shown } and { $more } more

# How the look at something ended.
outcome-complete = complete
outcome-partial = read in part
outcome-denied-identity-policy = denied by identity policy
outcome-denied-scp = denied by organization policy (SCP)
outcome-denied-resource-policy = denied by resource policy
outcome-denied-permissions-boundary = denied by permissions boundary
outcome-denied-session-policy = denied by session policy
outcome-denied-vpc-endpoint-policy = denied by VPC endpoint policy
outcome-denied-service-perimeter = denied by service perimeter (VPC Service Controls)
outcome-denied-trust = denied: no session could be had
outcome-denied = denied
outcome-region-disabled = region disabled
outcome-service-not-enabled = service not enabled
outcome-billing-disabled = billing disabled
outcome-throttled-out = throttled out
outcome-unreachable = unreachable
outcome-unsupported = unsupported
outcome-skipped = skipped by configuration
outcome-scope-suspended = suspended or closed
outcome-cancelled = cancelled

severity-critical = critical
severity-high = high
severity-medium = medium
severity-low = low
severity-info = info

status-new = new
status-changed = changed
status-unchanged = unchanged
status-resolved = resolved
status-unknown = unknown
status-suppressed = suppressed

drift-missing = missing
drift-changed = changed
drift-unmanaged = unmanaged
drift-misplaced = misplaced
drift-elsewhere_managed = elsewhere
drift-unknown = unknown

verdict-clean = clean
verdict-drift = drift
verdict-findings = findings
verdict-incomplete = incomplete

# Why a report is incomplete: each stands in a list, and for itself.
incomplete-cut-short = the run was cut short
incomplete-undiscovered = some { $scopes } may not have been discovered
incomplete-not-answered = { $scopes } did not answer
incomplete-units =
    { $n ->
        [one] 1 unit not read whole
       *[other] { $n } units not read whole
    }
incomplete-units-further =
    { $n ->
        [one] 1 further unit not read whole
       *[other] { $n } further units not read whole
    }
incomplete-code =
    { $n ->
        [one] 1 document of code could not be read
       *[other] { $n } documents of code could not be read
    }
incomplete-unchecked =
    { $n ->
        [one] 1 item could not be checked
       *[other] { $n } items could not be checked
    }
incomplete-something = something could not be observed
