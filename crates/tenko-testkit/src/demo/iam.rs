//! IAM: what AWS and the organization put into every account, and what teams add.

use serde_json::{Value, json};

use super::site::{MADE, Site};

const DETAILS: &str = "iam:GetAccountAuthorizationDetails";

/// What is said of an account's root user and passwords.
#[derive(Clone, Copy)]
pub(super) enum Hygiene {
    /// MFA, no root keys, long passwords.
    Good,
    /// No MFA, keys of the root user, no password policy.
    Bad,
}

impl Site<'_> {
    /// What every account of the organization has; the caller's has no role for the auditor.
    pub(super) fn common_iam(&mut self, hygiene: Hygiene, is_management: bool) {
        for (name, service) in [
            ("AWSServiceRoleForOrganizations", "organizations.amazonaws.com"),
            ("AWSServiceRoleForSSO", "sso.amazonaws.com"),
            ("AWSServiceRoleForSupport", "support.amazonaws.com"),
            ("AWSServiceRoleForRDS", "rds.amazonaws.com"),
            ("AWSServiceRoleForECS", "ecs.amazonaws.com"),
        ] {
            let path = format!("/aws-service-role/{service}/");
            self.role_at(&path, name, &trust("Service", service), &[], json!([]));
        }
        let provider = self.iam_arn("saml-provider/AWSSSO_0f1e2d3c4b5a6978_DO_NOT_DELETE");
        let path = "/aws-reserved/sso.amazonaws.com/";
        let saml = trust("Federated", &provider);
        let policy = "arn:aws:iam::aws:policy/ReadOnlyAccess";
        let name = "AWSReservedSSO_ReadOnly_1a2b3c4d5e6f7a8b";
        self.role_at(path, name, &saml, &[policy], json!([]));
        self.push_global(
            "iam:ListSAMLProviders",
            json!({
                "Arn": provider, "CreateDate": MADE, "ValidUntil": "2125-11-04T09:12:00.000Z",
            }),
        );
        self.answer_global(
            "iam:GetSAMLProvider",
            json!({ "SAMLProviderArn": provider }),
            json!({
                "SAMLMetadataDocument": "<EntityDescriptor/>", "CreateDate": MADE,
                "ValidUntil": "2125-11-04T09:12:00.000Z",
            }),
        );
        if !is_management {
            let management = trust("AWS", "arn:aws:iam::111111111111:root");
            let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
            let own = "OrganizationAccountAccessRole";
            self.role_at("/", own, &management, &[admin], json!([]));
            let audit = "arn:aws:iam::aws:policy/SecurityAudit";
            let tags = json!([{ "Key": "cost-center", "Value": "platform" }]);
            self.role_at("/", "TenkoAudit", &management, &[audit], tags);
        }
        let is_good = matches!(hygiene, Hygiene::Good);
        self.respond_global(
            "iam:GetAccountSummary",
            json!({
                "SummaryMap": {
                    "AccountMFAEnabled": u8::from(is_good),
                    "AccountAccessKeysPresent": u8::from(!is_good),
                    "AccountSigningCertificatesPresent": 0, "AccountPasswordPresent": 1,
                    "Users": 1, "UsersQuota": 5000, "Groups": 0, "GroupsQuota": 300, "Roles": 8,
                    "RolesQuota": 1000, "Policies": 1, "PoliciesQuota": 1500, "MFADevices": 1,
                },
            }),
        );
        if is_good {
            self.account_settings();
            self.respond_global(
                "iam:GetAccountPasswordPolicy",
                json!({
                    "PasswordPolicy": {
                        "MinimumPasswordLength": 16, "RequireSymbols": true, "RequireNumbers": true,
                        "RequireUppercaseCharacters": true, "RequireLowercaseCharacters": true,
                        "AllowUsersToChangePassword": true, "ExpirePasswords": false,
                        "PasswordReusePrevention": 24,
                    },
                }),
            );
        }
    }

    /// Whom AWS calls in an emergency, and what no bucket of the account may be.
    fn account_settings(&mut self) {
        self.answer_global(
            "account:GetAlternateContact",
            json!({ "AlternateContactType": "SECURITY" }),
            json!({
                "AlternateContact": {
                    "AlternateContactType": "SECURITY", "Name": "Security on call",
                    "Title": "Security", "EmailAddress": "security@example.com",
                    "PhoneNumber": "+1-555-0100",
                },
            }),
        );
        self.respond_global(
            "s3control:GetPublicAccessBlock",
            json!({
                "BlockPublicAcls": true, "IgnorePublicAcls": true,
                "BlockPublicPolicy": true, "RestrictPublicBuckets": true,
            }),
        );
    }

    /// A role that a service takes on.
    pub(super) fn service_role(&mut self, name: &str, service: &str, policies: &[&str]) {
        let tags = self.tag_list();
        self.role_at("/", name, &trust("Service", service), policies, tags);
    }

    /// A role that whoever the OpenID Connect provider vouches for takes on.
    pub(super) fn federated_role(&mut self, name: &str, provider: &str, policies: &[&str]) {
        let tags = self.tag_list();
        self.role_at("/", name, &trust("Federated", provider), policies, tags);
    }

    fn role_at(&mut self, path: &str, name: &str, trust: &Value, policies: &[&str], tags: Value) {
        let attached = policies
            .iter()
            .map(|arn| json!({ "PolicyArn": arn, "PolicyName": arn.rsplit('/').next() }));
        let role = json!({
            "Path": path, "RoleName": name, "Arn": self.iam_arn(&format!("role{path}{name}")),
            "RoleId": format!("AROA{}", self.hex(name).to_uppercase()), "CreateDate": MADE,
            "AssumeRolePolicyDocument": { "$urlencoded": trust },
        });
        let mut listed = role.clone();
        let mut detail = role;
        if let (Some(listed), Some(detail)) = (listed.as_object_mut(), detail.as_object_mut()) {
            listed.insert("MaxSessionDuration".to_owned(), json!(3600));
            detail.insert("AttachedManagedPolicies".to_owned(), attached.collect());
            detail.insert("Tags".to_owned(), tags);
        }
        self.push_global("iam:ListRoles", listed);
        self.push_to_list(DETAILS, "RoleDetailList", detail);
    }

    /// The profile through which machines get the role of the same name.
    pub(super) fn instance_profile(&mut self, name: &str) {
        let arn = self.iam_arn(&format!("instance-profile/{name}"));
        let id = format!("AIPA{}", self.hex(name).to_uppercase());
        let roles = json!([{
            "Path": "/", "RoleName": name, "Arn": self.iam_arn(&format!("role/{name}")),
            "RoleId": format!("AROA{}", self.hex(name).to_uppercase()), "CreateDate": MADE,
        }]);
        let profile = json!({
            "Path": "/", "InstanceProfileName": name, "InstanceProfileId": id, "Arn": arn,
            "CreateDate": MADE, "Roles": roles, "Tags": self.tag_list(),
        });
        self.push_global("iam:ListInstanceProfiles", profile.clone());
        let when = json!({ "InstanceProfileName": name });
        self.answer_global("iam:GetInstanceProfile", when, json!({ "InstanceProfile": profile }));
    }

    /// A policy of the account's own; returns its ARN.
    pub(super) fn policy(&mut self, name: &str, actions: &[&str]) -> String {
        let arn = self.iam_arn(&format!("policy/{name}"));
        let document = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": actions, "Resource": "*",
        }] });
        self.push_to_list(
            DETAILS,
            "Policies",
            json!({
                "PolicyName": name, "PolicyId": format!("ANPA{}", self.hex(name).to_uppercase()),
                "Arn": arn, "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": 1,
                "IsAttachable": true, "CreateDate": MADE, "UpdateDate": MADE,
                "PolicyVersionList": [{
                    "VersionId": "v1", "IsDefaultVersion": true, "CreateDate": MADE,
                    "Document": { "$urlencoded": document },
                }],
            }),
        );
        let tags = json!({ "Tags": self.tag_list() });
        self.answer_global("iam:ListPolicyTags", json!({ "PolicyArn": arn }), tags);
        arn
    }

    /// A provider of OpenID Connect tokens, for continuous integration; returns its ARN.
    pub(super) fn oidc_provider(&mut self, host: &str) -> String {
        let arn = self.iam_arn(&format!("oidc-provider/{host}"));
        self.push_global("iam:ListOpenIDConnectProviders", json!({ "Arn": arn }));
        let when = json!({ "OpenIDConnectProviderArn": arn });
        self.answer_global(
            "iam:GetOpenIDConnectProvider",
            when,
            json!({
                "Url": host, "ClientIDList": ["sts.amazonaws.com"], "CreateDate": MADE,
                "ThumbprintList": ["6938fd4d98bab03faadb97b34396831e3780aea1"],
                "Tags": self.tag_list(),
            }),
        );
        arn
    }

    /// A group of people.
    pub(super) fn group(&mut self, name: &str, policy: &str) {
        self.push_to_list(
            DETAILS,
            "GroupDetailList",
            json!({
                "Path": "/", "GroupName": name, "Arn": self.iam_arn(&format!("group/{name}")),
                "GroupId": format!("AGPA{}", self.hex(name).to_uppercase()), "CreateDate": MADE,
                "AttachedManagedPolicies": [{
                    "PolicyArn": policy, "PolicyName": policy.rsplit('/').next(),
                }],
            }),
        );
    }

    /// A user with long-lived keys, in a group.
    pub(super) fn user(&mut self, name: &str, group: &str) {
        self.push_to_list(
            DETAILS,
            "UserDetailList",
            json!({
                "Path": "/", "UserName": name, "Arn": self.iam_arn(&format!("user/{name}")),
                "UserId": format!("AIDA{}", self.hex(name).to_uppercase()),
                "CreateDate": "2019-03-02T11:05:00.000Z", "GroupList": [group],
                "Tags": self.tag_list(),
            }),
        );
        self.push_global(
            "iam:ListUsers",
            json!({
                "Path": "/", "UserName": name, "Arn": self.iam_arn(&format!("user/{name}")),
                "UserId": format!("AIDA{}", self.hex(name).to_uppercase()),
                "CreateDate": "2019-03-02T11:05:00.000Z",
            }),
        );
        let when = json!({ "UserName": name });
        let key = format!("AKIA{}", self.hex(name).to_uppercase().get(..16).unwrap_or_default());
        self.answer_global(
            "iam:ListAccessKeys",
            when,
            json!({
                "AccessKeyMetadata": [{
                    "UserName": name, "AccessKeyId": key, "Status": "Active",
                    "CreateDate": "2019-03-02T11:06:00.000Z",
                }],
            }),
        );
    }
}

fn trust(kind: &str, who: &str) -> Value {
    let action = match (kind, who.contains(":saml-provider/")) {
        ("Federated", true) => "sts:AssumeRoleWithSAML",
        ("Federated", false) => "sts:AssumeRoleWithWebIdentity",
        _ => "sts:AssumeRole",
    };
    json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { kind: who }, "Action": action,
    }] })
}
