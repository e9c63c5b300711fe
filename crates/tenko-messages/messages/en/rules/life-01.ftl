life-01-no-event = no event is declared
life-01-names-nothing = { $ended }, and it names no resources

# When the event was over.
life-01-ended = event { $event } of { $environment } ended on { $until }
life-01-ended-with = event { $event } of { $environment } ended with { $day } (UTC)

life-01-bad = The { $ended }, and { $name } is still there.
life-01-bad-made = The { $ended }, and { $name }, made on { $made }, is still there.
life-01-bad-size = The { $ended }, and { $name } still has a size of { $size }.
life-01-bad-size-made = The { $ended }, and { $name }, made on { $made }, still has a size of { $size }.
life-01-unread = The { $ended }, and what is left of it could not all be read: { $reason }.
life-01-not-collected = The { $ended }, and no type that it names was collected.
life-01-attribute-unread = The { $ended }, and { $attribute } of { $name } could not be read.
life-01-tags-unread = The { $ended }, and the tags of { $name } could not be read.
