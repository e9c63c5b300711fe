# ACC-04: workloads in the management account.
acc-04-bad = { $account } is the management account and holds { $workloads }.
acc-04-unread = Not all that the management account { $account } holds was read: { $reason }.
acc-04-untold = Whether { $account } is a management account is not known: { $reason }.
acc-04-not-named = { $type } does not name it
