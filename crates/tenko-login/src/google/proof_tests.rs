use std::sync::Mutex;

use super::*;

const LOGIN: &str = "tenko-login@acme-prod.iam.gserviceaccount.com";

/// What a project answers where these are granted, and these are names that it does not know. It says which, or not.
async fn ask(granted: &[&str], unknown: &[&str], names_them: bool) -> (GoogleProof, Vec<usize>) {
    let sizes = Mutex::new(Vec::new());
    let mut asking = Asking::default();
    asking
        .run(|names: Vec<&'static str>| {
            sizes.lock().unwrap().push(names.len());
            if let Some(name) = names.iter().find(|name| unknown.contains(name)) {
                let message = match names_them {
                    true => format!("Permission {name} is not valid for this resource."),
                    false => "Request contains an invalid argument.".to_owned(),
                };
                return at_once(Err(PermissionsError::Invalid { message }));
            }
            let granted = names.iter().filter(|name| granted.contains(name));
            at_once(Ok(granted.map(|name| (*name).to_owned()).collect()))
        })
        .await;
    (asking.proof(LOGIN), sizes.into_inner().unwrap())
}

type Answer = Result<Vec<String>, PermissionsError>;

fn at_once(answer: Answer) -> BoxFuture<'static, Answer> {
    Box::pin(std::future::ready(answer))
}

const LOOKS: &str = "resourcemanager.projects.get";

fn all() -> usize {
    forbidden().count()
}

#[tokio::test]
async fn nothing_granted_but_looking_is_a_proof() {
    let (proof, sizes) = ask(&[LOOKS], &[], true).await;
    assert!(proof.is_proven(), "{proof:?}");
    assert_eq!((proof.asked, proof.granted.len(), proof.unasked.len()), (all(), 0, 0));
    assert!(sizes.iter().all(|size| *size <= 100) && sizes.len() == 2, "{sizes:?}");
    let line = proof.to_string();
    assert_eq!(
        line,
        format!("read-only: {} permissions for changes, credentials and data refused", all())
    );
    assert!(matches!(proof.probe(), Probe::Refused { .. }));
}

#[tokio::test]
async fn anything_granted_is_seen_whatever_its_kind() {
    for one in forbidden() {
        let (proof, _) = ask(&[LOOKS, one.name], &[], true).await;
        assert_eq!(proof.granted, [one.name]);
        assert!(!proof.is_proven() && matches!(proof.probe(), Probe::Permitted { .. }));
        assert_eq!(proof.granted_by_kind().into_keys().collect::<Vec<_>>(), [one.kind]);
        assert!(proof.to_string().starts_with("NOT read-only: "), "{proof}");
    }
}

#[tokio::test]
async fn names_that_google_does_not_know_are_left_out_and_counted() {
    let unknown = ["source.repos.get", "healthcare.fhirResources.get"];
    for names_them in [true, false] {
        let (proof, sizes) = ask(&[LOOKS, "pubsub.topics.publish"], &unknown, names_them).await;
        let mut unasked = proof.unasked.clone();
        unasked.sort();
        assert_eq!(unasked, ["healthcare.fhirResources.get", "source.repos.get"]);
        assert_eq!(proof.asked, all() - 2);
        // The rest was asked all the same.
        assert_eq!(proof.granted, ["pubsub.topics.publish"]);
        assert!(sizes.len() < QUESTIONS, "{sizes:?}");
    }
    let (proof, _) = ask(&[LOOKS], &unknown, true).await;
    assert!(proof.is_proven(), "{proof:?}");
    assert!(proof.to_string().contains("(2 more could not be asked for)"), "{proof}");
}

#[tokio::test]
async fn without_the_most_important_ones_nothing_is_proven() {
    let (proof, _) = ask(&[LOOKS], &["storage.objects.get"], true).await;
    assert!(!proof.is_proven());
    assert!(matches!(proof.probe(), Probe::Unproven { .. }), "{proof:?}");
    assert!(proof.to_string().contains("storage.objects.get"), "{proof}");
    // Where no name is known, the questions end.
    let every: Vec<_> = forbidden().map(|one| one.name).chain(LOOKING).collect();
    let (proof, sizes) = ask(&[], &every, false).await;
    assert!(!proof.is_proven() && sizes.len() <= QUESTIONS, "{}", sizes.len());
    assert_eq!((proof.asked, proof.unasked.len()), (0, all()));
}

#[tokio::test]
async fn an_account_that_sees_nothing_proves_nothing() {
    let (proof, _) = ask(&[], &[], true).await;
    assert!(!proof.is_proven() && !proof.looks);
    assert!(proof.to_string().starts_with("not proven: "), "{proof}");
}

#[tokio::test]
async fn what_was_learnt_before_a_failure_counts() {
    let mut asking = Asking::default();
    let first = std::sync::atomic::AtomicBool::new(true);
    asking
        .run(|names: Vec<&'static str>| {
            if first.swap(false, std::sync::atomic::Ordering::Relaxed) {
                return at_once(Ok(vec![LOOKS.to_owned(), names[names.len() - 1].to_owned()]));
            }
            at_once(Err(PermissionsError::Unreachable { message: "gone".to_owned() }))
        })
        .await;
    let proof = asking.proof(LOGIN);
    assert_eq!(proof.granted.len(), 1);
    assert!(matches!(proof.probe(), Probe::Permitted { .. }), "{proof:?}");
    assert!(proof.doubt().is_some_and(|text| text.contains("gone")));
    assert!(proof.unasked.len() > 50, "{}", proof.unasked.len());
}

#[test]
fn a_name_is_not_taken_for_a_longer_one() {
    let group = vec!["logging.logEntries.list", "storage.objects.get"];
    let message = "Permission logging.logEntries.listMore is not valid.";
    assert_eq!(smaller(group.clone(), message).len(), 2);
    let message = "Permission logging.logEntries.list is not valid.";
    assert_eq!(smaller(group, message), [["storage.objects.get"]]);
}

#[test]
fn it_can_be_kept() {
    let proof = GoogleProof {
        identity: LOGIN.to_owned(),
        asked: 3,
        granted: Vec::new(),
        unasked: vec!["source.repos.get".to_owned()],
        looks: true,
        failure: None,
        hint: None,
    };
    let text = serde_json::to_string(&proof).unwrap();
    assert_eq!(serde_json::from_str::<GoogleProof>(&text).unwrap(), proof);
}
