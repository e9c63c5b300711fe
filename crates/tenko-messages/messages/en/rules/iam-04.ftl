iam-04-bad = { $user }: { $keys }.
iam-04-key-used = its key { $number } is of { $made }, last used on { $used_now }
iam-04-key-unused = its key { $number } is of { $made }, with no use on record
iam-04-key-use-unread = its key { $number } is of { $made }, and its last use could not be read

iam-04-google-bad = { $key }.
iam-04-google-perhaps-disabled = { $key }, and whether it is disabled could not be read.
iam-04-google-old = The key { $key } was made on { $made }
iam-04-google-endless = The key { $key } does not expire
iam-04-google-both = The key { $key } was made on { $made } and does not expire
