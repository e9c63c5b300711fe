# ACC-07: no delegated administrator or central root management.
acc-07-bad = In the organization { $organization } { $faults }.
acc-07-bad-in-part = In the organization { $organization } { $faults }; not all of it was read: { $reasons }.
acc-07-both = { $first }, and { $second }
acc-07-no-administrator = no member account administers a security service
acc-07-no-administrator-trusted = no member account administers a security service (trusted are { $services })
acc-07-root-users = root users are not managed centrally ({ $feature } is not enabled)
acc-07-unknown = Not all of the organization { $organization } was read: { $reasons }.
acc-07-unread = The organization was not read: { $reason }.
