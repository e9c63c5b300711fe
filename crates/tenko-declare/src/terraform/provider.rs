//! Which cloud a provider's address means.

use tenko_core::Cloud;

/// The provider's own name: the last part of its source address, without its alias.
///
/// `provider["registry.terraform.io/hashicorp/aws"].west`, OpenTofu's registry and mirrors alike;
/// `provider.aws.west` and `module.a.provider.aws` before 0.13. Without an address, what the
/// resource's type begins with.
pub(super) fn name<'a>(address: &'a str, code_type: &'a str) -> &'a str {
    if let Some((_, source)) = address.split_once("provider[\"") {
        let source = source.split('"').next().unwrap_or_default();
        return source.rsplit('/').next().unwrap_or_default();
    }
    let old = address.rsplit_once("provider.").map(|(_, name)| name).unwrap_or_default();
    match old.split('.').next().unwrap_or_default() {
        "" => code_type.split('_').next().unwrap_or_default(),
        name => name,
    }
}

/// The cloud of a provider; `None` for every other, such as `random`.
pub(super) fn cloud(name: &str) -> Option<Cloud> {
    match name {
        "aws" | "awscc" => Some(Cloud::aws()),
        "google" | "google-beta" => Some(Cloud::gcp()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_all_times() {
        for (address, expected) in [
            ("provider[\"registry.terraform.io/hashicorp/aws\"]", "aws"),
            ("provider[\"registry.opentofu.org/hashicorp/aws\"].west", "aws"),
            ("module.a.provider[\"mirror.example.com/x/google-beta\"]", "google-beta"),
            ("provider[\"registry.terraform.io/-/aws\"]", "aws"),
            ("provider.google", "google"),
            ("provider.aws.west", "aws"),
            ("module.provider.provider.aws", "aws"),
            ("provider[\"terraform.io/builtin/terraform\"]", "terraform"),
            ("", "aws"),
            ("provider[\"", ""),
        ] {
            assert_eq!(name(address, "aws_vpc"), expected, "{address}");
        }
        assert_eq!(cloud("google-beta"), Some(Cloud::gcp()));
        assert_eq!(cloud("random"), None);
    }
}
