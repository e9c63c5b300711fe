quota-01-bad = { $used ->
    [one] { $quota } in { $place }: { $used } of { $limit } is in use.
   *[other] { $quota } in { $place }: { $used } of { $limit } are in use.
 }
quota-01-uncounted = { $quota } in { $place }: what is in use could not all be counted: { $reason }.
quota-01-bad-several = In use are { $near }.
quota-01-near = { $used } of { $limit } { $of }
