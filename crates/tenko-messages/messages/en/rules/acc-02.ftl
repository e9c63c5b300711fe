# ACC-02: tenants share an account.
acc-02-tenants = { $scope } belongs to { $owners }: { $evidence }.
acc-02-nobodys = { $scope } is declared nowhere: { $evidence }.
acc-02-declared = environments of { $tenants } are declared in it
acc-02-tagged = { $count ->
    [one] { $count } resource names
   *[other] { $count } resources name
} { $tenant } by tag { $tag } ({ $names })
acc-02-gap = { $scope } could not be read completely: { $reason }.
acc-02-tags-unread = In { $scope } the tags of { $count ->
    [one] { $count } resource
   *[other] { $count } resources
} could not be read: { $names }.
