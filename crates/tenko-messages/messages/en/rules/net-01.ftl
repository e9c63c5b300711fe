net-01-bad = { $range } in { $network } overlaps { $other_range } in { $other }: { $why }.
net-01-more = { $network } also overlaps { $others }.
net-01-unread = The networks of { $scope } and what connects them are not all known: { $why }.
net-01-network = { $name } of { $scope }

# Why two networks are connected.
net-01-declared = their accounts are declared to be connected
net-01-peers = one is peered with the other
net-01-peered = both are peered with { $hub }
net-01-attached = both are attached to { $gateway }
