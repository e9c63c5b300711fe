avl-02-bad-zone = { $name } has one zone only, { $zone }.
avl-02-bad-zone-untold = { $name } has one zone only, which it does not tell.
avl-02-zones-untold = { $name } does not tell its zones.
avl-02-bad-any-zone = { $name } puts all its instances into one zone (targetShape ANY_SINGLE_ZONE).
avl-02-bad-alone = { $name } serves { $address } to everyone through { $group }, and is in no group with another.
avl-02-alone-unknown = Whether { $name } serves { $address } on its own cannot be told: { $reason }.
avl-02-group-unread = { $name } has a public address, and { $group } could not be read.
avl-02-pool-unknown = Whether { $name } is a node pool of GKE cannot be told: { $reason }.
