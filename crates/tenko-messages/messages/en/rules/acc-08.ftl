# ACC-08: live and declared accounts differ.
acc-08-undeclared = { $scope } is { $status } and declared nowhere.
acc-08-undeclared-status-unknown = { $scope } is declared nowhere; its status is unknown.
acc-08-gone = { $scope } is declared and is { $status }.
acc-08-absent = { $scope } is declared and is not in the organization.
acc-08-unanswered = { $scope } is declared; it did not answer, and its status is unknown.
acc-08-undiscovered = { $scope } is declared and was not discovered: { $reason }.
acc-08-more = There may be more that nobody declared: { $reason }.

# Why the listing does not tell.
acc-08-accounts-incomplete = the listing of accounts was incomplete
acc-08-projects-incomplete = the listing of projects was incomplete
acc-08-because = { $what } ({ $operation }: { $code })
acc-08-organization-undiscovered = its organization was not discovered

# The status of an account or a project.
acc-08-active = active
acc-08-pending-activation = pending activation
acc-08-suspended = suspended
acc-08-pending-closure = pending closure
acc-08-closed = closed
