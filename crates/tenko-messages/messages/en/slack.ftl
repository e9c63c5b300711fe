# A message in a channel.
slack-fallback = tenko: { $headline }
slack-header = tenko: { $verdict } ({ $day })
slack-h-new = New or changed
slack-h-resolved = Resolved
slack-h-worst = Worst first
slack-h-fixes = Fix first
slack-h-gaps = Could not be observed
slack-h-suppressions = Suppressions that need a decision
slack-item = { $severity }: { $title }, { $resource } ({ $where })
slack-fix =
    { $name } ({ $severity }): { $remedy } Closes { $n ->
        [one] 1 item
       *[other] { $n } items
    }.
slack-fix-at =
    { $name } ({ $severity }, { $place }): { $remedy } Closes { $n ->
        [one] 1 item
       *[other] { $n } items
    }.
slack-gap = { $scopes }: { $text }
slack-suppression = { $state }, until { $until }: { $what } ({ $reason })
slack-more = … and { $n } more
slack-run = Run { $run }, ended { $time }.
