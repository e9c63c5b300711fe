# ACC-03: an account outside an organization.
acc-03-bad = { $scope } is in no organization.
acc-03-unread = Whether { $account } is in an organization was not read: { $reason }.
acc-03-unplaced = { $project } could not be read, nor what it lies in.
