net-03-bad = { $group } lets { $ranges } in to { $services }; { $used }.
net-03-google-bad = { $rule } lets { $ranges } in to { $services } in network { $network }; { $used }.
net-03-prefix-list = { $group } lets prefix list { $list } in to { $service }, and what the list holds is not read.
net-03-unused = nothing that was read uses it
net-03-used = { $count ->
    [one] { $users } uses it
   *[other] { $users } use it
}
