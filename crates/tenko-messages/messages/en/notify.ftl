# The title of the rolling issue.
notify-title = tenko: { $drift ->
    [one] { $drift } difference
   *[other] { $drift } differences
  }, { $findings ->
    [one] { $findings } finding
   *[other] { $findings } findings
  }
notify-title-clean = tenko: all is well
notify-title-incomplete = tenko: not everything could be observed
