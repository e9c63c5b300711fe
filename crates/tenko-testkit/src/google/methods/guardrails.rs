//! Essential contacts and organization policies.

use super::{Answer, CLOUD, Method, Own, method, pages};

pub(super) static METHODS: &[Method] = &[
    method(
        ("essentialcontacts", "projects.contacts.compute"),
        "/v1/projects/{project}/contacts:compute",
        &["essentialcontacts.googleapis.com/Contact"],
        Answer::Own(Own::Contacts),
    )
    .needs("essentialcontacts.contacts.list", CLOUD)
    .paged(pages(100, 1000))
    .takes(Some(&["notificationCategories"])),
    method(
        ("orgpolicy", "projects.policies.getEffectivePolicy"),
        "/v2/projects/{project}/policies/{constraint}:getEffectivePolicy",
        &["orgpolicy.googleapis.com/EffectivePolicy"],
        Answer::Own(Own::EffectivePolicy),
    )
    .needs("orgpolicy.policy.get", CLOUD),
];
