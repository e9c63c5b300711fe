log-01-no-use-collected = nothing that shows which regions are in use was collected
log-01-bad = { $scope } is in use in { $regions } and has { $missing }.

# What is missing.
log-01-no-trail = no multi-region trail that logs management events
log-01-no-detector = no GuardDuty detector that is enabled in { $regions }
log-01-no-recorder = no Config recorder that records in { $regions }
log-01-missing = { $first }; { $rest }

log-01-use-unknown = Which regions are in use is not known: { $reason }.
log-01-perhaps-in-use = There is { $missing }, and whether it is in use could not be read.
log-01-no-trail-perhaps-in-use = No multi-region trail logs, and whether any region is in use could not be read.
log-01-trail-unknown = Whether a trail logs is not known: { $reason }.
log-01-region-unread = { $type } in { $region } could not be read: { $reason }.
