# ACC-10: no security contact.
acc-10-no-contact = { $account } has no alternate contact SECURITY; it has none.
acc-10-others = { $account } has no alternate contact SECURITY; it has { $contacts }.
acc-10-no-essential = For { $project } there is no essential contact for SECURITY.
acc-10-invalid = For { $project } there is no essential contact for SECURITY but invalid ones ({ $contacts }).
acc-10-unread = The contacts of { $scope } were not read: { $reason }.
acc-10-contact-unread = { $attribute } of the contact { $contact } was not read.
