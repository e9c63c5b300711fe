quota-01-bad = { $used_now ->
    [one] { $quota } in { $place }: { $used_now } of { $limit } is in use.
   *[other] { $quota } in { $place }: { $used_now } of { $limit } are in use.
 }
quota-01-uncounted = { $quota } in { $place }: what is in use could not all be counted: { $reason }.
quota-01-bad-several = In use are { $near }.
quota-01-near = { $used_now } of { $limit } { $of }
