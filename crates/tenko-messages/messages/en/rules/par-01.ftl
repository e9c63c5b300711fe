par-01-bad = { $environments } differ in { $counts }: { $examples }.
par-01-untold = Whether { $environments } are alike is not known: { $reason }.
par-01-nothing-alike = no tenant has production and staging, and no two tenants share a baseline

# Which environments.
par-01-two = { $one } and { $other }
par-01-tenant = { $count } environments of tenant { $name } ({ $shown })
par-01-baseline = { $count } environments of baseline { $name } ({ $shown })

# In what they differ.
par-01-versions = { $count ->
    [one] { $count } version
   *[other] { $count } versions
}
par-01-resources = { $count ->
    [one] { $count } resource
   *[other] { $count } resources
}
par-01-attributes = { $count ->
    [one] { $count } attribute
   *[other] { $count } attributes
}
par-01-nameless = { $type } without a name
par-01-path-of-nameless = { $type } without a name, { $path }

