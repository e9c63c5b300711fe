//! CloudFormation stacks that could not be read belong to the environments of their account.

use crate::declare::stacks::unread;
use crate::model::{Declaration, IacOwner, Snapshot, UnreadCode};

/// What may be declared in stacks whose resources could not be listed: once for each environment
/// of the stack's account. In an account that no environment names nothing is compared.
pub(crate) fn unread_stacks(snapshot: &Snapshot, declaration: &Declaration) -> Vec<UnreadCode> {
    let stacks = unread(snapshot).into_iter();
    let owned = stacks.flat_map(|(scope, code)| {
        let owners = declaration.environments_of(&scope).map(|(tenant, environment)| IacOwner {
            tenant: tenant.id.as_str().into(),
            environment: environment.name.as_str().into(),
        });
        let owners: Vec<_> = owners.collect();
        owners.into_iter().map(move |owner| UnreadCode { owner: Some(owner), ..code.clone() })
    });
    owned.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use tenko_testkit::fake::{At, Effect, FakeProvider};

    use crate::Audit;
    use crate::declare::{ManifestFile, load};
    use crate::model::{AttrPath, Catalog, DeniedBy, Outcome, Provider};

    const STACK: &str = "AWS::CloudFormation::Stack";
    const TEXT: &str = r#"
version: 1
shared: {"333333333333": hub}
tenants:
  acme:
    environments:
      blue: {scopes: ["111111111111"]}
      green: {scopes: ["111111111111"]}
      other: {scopes: ["222222222222"]}
"#;

    #[tokio::test]
    async fn nothing_is_unmanaged_where_a_stack_could_not_be_read() {
        let accounts = ["111111111111", "222222222222", "333333333333"];
        let mut fake = FakeProvider::new("aws").regions(&["r1"]).regional(STACK);
        for account in accounts {
            fake = fake.account(account);
        }
        fake = fake.regional("AWS::X::Thing");
        for account in accounts {
            let unit = fake.unit(account, "r1", STACK);
            let mut stack = fake.resource(&unit, 0, 1);
            if account != "222222222222" {
                stack.unknown = vec![AttrPath::key("Resources")];
            }
            let unit_of_things = fake.unit(account, "r1", "AWS::X::Thing");
            let thing = fake.resource(&unit_of_things, 0, 1);
            fake = fake.resources(unit, vec![stack]).resources(unit_of_things, vec![thing]);
        }
        let catalog: Catalog = fake.catalog().clone();
        let file = ManifestFile { name: "tenants.yaml", bytes: TEXT.as_bytes() };
        let manifest = load(&[file], &catalog).unwrap();
        let audit = Audit::builder().provider(Arc::new(fake)).manifest(manifest).build().unwrap();
        let report = audit.run().await;
        let owners: Vec<_> = report.code.unread.iter().map(|code| code.owner.clone()).collect();
        let named: Vec<_> = owners.iter().flatten().map(|o| &*o.environment).collect();
        assert_eq!(named, ["blue", "green"], "account 3 is nobody's: {owners:?}");
        let mut unmanaged = BTreeMap::new();
        for drift in &report.diff.drift {
            *unmanaged.entry(drift.resource.scope.clone().unwrap()).or_insert(0) += 1;
        }
        assert_eq!(unmanaged, [("222222222222".into(), 1)].into(), "{:?}", report.diff.drift);
        // Both environments may have the thing.
        assert_eq!((report.diff.counts.withheld, report.diff.withheld.len()), (1, 2));
        let counts = &report.document.summary.counts;
        assert_eq!((counts.withheld, counts.not_compared), (1, 3));
    }

    #[tokio::test]
    async fn nothing_is_unmanaged_where_stacks_could_not_be_listed() {
        let denied = Outcome::Denied { denied_by: DeniedBy::IdentityPolicy };
        for outcome in [Outcome::Complete, denied] {
            let account = "222222222222";
            let mut fake = FakeProvider::new("aws").regions(&["r1"]).regional(STACK);
            fake = fake.regional("AWS::X::Thing").account(account);
            let things = fake.unit(account, "r1", "AWS::X::Thing");
            let thing = fake.resource(&things, 0, 1);
            let stacks = fake.unit(account, "r1", STACK);
            fake = fake.resources(things, vec![thing]).resources(stacks, vec![]);
            if !outcome.is_complete() {
                let at = At::Units { scope: None, reach: None, resource_type: Some(STACK.into()) };
                fake = fake.with(at, Effect::End(outcome));
            }
            let catalog: Catalog = fake.catalog().clone();
            let file = ManifestFile { name: "tenants.yaml", bytes: TEXT.as_bytes() };
            let manifest = load(&[file], &catalog).unwrap();
            let audit = Audit::builder().provider(Arc::new(fake)).manifest(manifest);
            let report = audit.build().unwrap().run().await;
            let counts = report.diff.counts;
            let expected = if outcome.is_complete() { (1, 0) } else { (0, 1) };
            assert_eq!((counts.unmanaged, counts.withheld), expected, "{outcome}");
        }
    }
}
