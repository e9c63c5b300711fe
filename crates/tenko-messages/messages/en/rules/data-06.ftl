data-06-bad = Anyone can reach { $bucket }: { $ways }.
data-06-unknown = Whether anyone can reach { $bucket } is open: { $ways }.
data-06-but = { $ways }, but { $reason }

# S3.
data-06-block-unread = the public access block of its account was not read
data-06-block-unread-reason = the public access block of its account was not read ({ $reason })
data-06-s3-says = S3 takes its policy for a public one ({ $reason })
data-06-rcp-unread = { $way }; whether a resource control policy closes that was not read
data-06-grant = { $statement } of its policy grants { $actions } to { $to }
data-06-grant-perhaps = { $grant }, and { $reasons }
data-06-grant-perhaps-where = { $grant } where { $conditions }, and { $reasons }
data-06-everyone = everyone
data-06-everyone-but = everyone but { $others }
data-06-everyone-at = everyone with an account at { $provider }
data-06-acl = its ACL grants { $grants }
data-06-acl-grant = { $permission } to { $group }

# Cloud Storage.
data-06-project-unread = its project was not read
data-06-project-attribute-unread = { $attribute } of its project was not read
data-06-project-policy-unread = the IAM policy of its project was not read: { $reason }
data-06-prevention-unread = the organization policy storage.publicAccessPrevention was not read: { $reason }
data-06-bucket-grants = its IAM policy grants { $grants }
data-06-project-grants = the IAM policy of its project grants { $grants }
data-06-role = { $role } to { $members }
data-06-role-where = { $role } to { $members } where { $condition }
data-06-role-condition = { $role } to { $members } on a condition
data-06-acls-unread = it has ACLs, which are not read
