# What commands print about kept runs and decisions.
cli-no-run = no run is kept in { $place } yet: `tenko audit` keeps one
cli-more-runs = … and { $more } more (--last { $all } shows all)
cli-run-unreadable = { $run }  cannot be read: { $why }
cli-suppressed = suppressed until { $date }: { $what }
cli-finding = { $what } in { $scope }
cli-drift = { $kind } { $type } { $resource }
cli-written = written to { $file }
cli-nothing-to-accept = nothing is left to accept
cli-accepted =
    { $n ->
        [one] accepted run { $run } until { $date }: { $n } entry written to { $file }
       *[other] accepted run { $run } until { $date }: { $n } entries written to { $file }
    }
cli-stale =
    { $n ->
        [one] { $n } entry in { $file } for what is open without effect: expired, or of other evidence
       *[other] { $n } entries in { $file } for what is open without effect: expired, or of other evidence
    }
cli-stale-help = change `expires` and `evidence` there, or remove them, to decide anew
cli-not-accepted = not accepted: { $what }; { $help }
cli-unknown-left = { $n } unknown are not among them: what was not seen is not accepted
cli-long = note: that is more than a year from now
