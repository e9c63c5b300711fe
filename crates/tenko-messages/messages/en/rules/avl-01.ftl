avl-01-bad-instance = { $name } runs in { $zone } only, without Multi-AZ.
avl-01-bad-instance-somewhere = { $name } runs in one zone only, without Multi-AZ.
avl-01-instance-untold = Whether { $name } is Multi-AZ is not told.
avl-01-members-unread = The instances of cluster { $cluster } could not all be read: { $reason }.
avl-01-zone-untold = The zone of { $instance } in cluster { $cluster } is not told.
avl-01-bad-cluster = { $count ->
    [one] Cluster { $cluster } has one instance, which runs in { $zone }.
   *[other] All { $count } instances of cluster { $cluster } run in { $zone }.
 }
avl-01-bad-cloud-sql = { $name } runs in { $zone } only (availabilityType { $type }).
avl-01-bad-cloud-sql-somewhere = { $name } runs in one zone only (availabilityType { $type }).
