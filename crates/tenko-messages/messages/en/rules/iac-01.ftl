iac-01-bad = { $type } { $id } is managed in { $places } places: { $sources }.
iac-01-unread = { $file } could not be read: { $reason }. What it manages may be managed elsewhere too.
