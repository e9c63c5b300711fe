# ACC-09: no log or security account apart from workloads.
acc-09-no-trail = No trail takes the logs of the organization to one account.

acc-09-trail-to-management = The trail { $trail } writes to the bucket { $bucket } of the management account { $account }.
acc-09-trail-to-tenant = The trail { $trail } writes to the bucket { $bucket } of { $account }, which is { $environment } of the tenant { $tenant }.
acc-09-trail-to-workloads = The trail { $trail } writes to the bucket { $bucket } of { $account }, which holds { $workloads }.
acc-09-trail-to-undiscovered = The trail { $trail } writes to the bucket { $bucket } of { $account }, which was not discovered.
acc-09-trail-to-unread = The trail { $trail } writes to the bucket { $bucket } of { $account }, of which not all was read ({ $reason }).

acc-09-security-from-management = Security is administered from the management account { $account }.
acc-09-security-from-tenant = Security is administered from { $account }, which is { $environment } of the tenant { $tenant }.
acc-09-security-from-workloads = Security is administered from { $account }, which holds { $workloads }.
acc-09-security-from-undiscovered = Security is administered from { $account }, which was not discovered.
acc-09-security-from-unread = Security is administered from { $account }, of which not all was read ({ $reason }).

acc-09-bucket-of-nobody = No account that was read has the bucket { $bucket } of the trail { $trail }.
acc-09-trail-unread = { $attribute } of the trail { $trail } was not read.
acc-09-trails-unread = Not every trail was read ({ $reason }).
acc-09-administrators-unread = Who administers security was not read ({ $reason }).

acc-09-sentences = { $first } { $rest }
acc-09-more = And { $more } more.
