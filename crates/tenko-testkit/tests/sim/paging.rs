//! Pages: whatever their size, together they are the whole list.

use serde_json::{Map, Value, json};
use tenko_testkit::sim::{Account, Operation, SimCloud, Unit, operations};

use crate::client::{MANAGEMENT, MEMBER, REGION, Signer, call, world};

const RECORDS: usize = 11;

/// The numbers of the probes in a body, in order.
fn probes(body: &str) -> Vec<String> {
    body.split("probe-").skip(1).map(|rest| rest.chars().take(3).collect()).collect()
}

fn records(list: usize) -> Vec<Value> {
    (0..RECORDS).map(|n| json!({ "Probe": format!("probe-{list}{n:02}") })).collect()
}

async fn pages(cloud: &SimCloud, op: &Operation) -> Vec<Vec<String>> {
    let page = op.page.as_ref().unwrap();
    let mut input: Map<String, Value> =
        op.required.iter().map(|name| (name.clone(), json!("x"))).collect();
    if page.needs_limit {
        input.insert(page.limit.clone().unwrap(), json!(page.max));
    }
    let mut out = Vec::new();
    loop {
        let reply = call(cloud, &Signer::root(), &op.id, Value::Object(input.clone())).await;
        assert_eq!(reply.status, 200, "{}: {}", op.id, reply.body);
        out.push(probes(&reply.body));
        let token = reply.get(&page.token_out);
        if let Some(more) = &page.more {
            let more = reply.get(more).unwrap_or_else(|| panic!("{} has no {more}", op.id));
            assert_eq!(more, token.is_some().to_string(), "{}", op.id);
        }
        match token {
            Some(token) => input.insert(page.token_in.clone(), json!(token)),
            None => return out,
        };
        assert!(out.len() <= RECORDS * 4, "{} does not end", op.id);
    }
}

#[tokio::test]
async fn every_paged_operation_is_whole_at_every_page_size() {
    let mut world = world();
    let mut expected = Vec::new();
    let account = world.account_mut(MANAGEMENT).unwrap();
    for op in operations().iter().filter(|op| op.page.is_some()) {
        let lists: Map<String, Value> = op
            .lists
            .iter()
            .enumerate()
            .map(|(i, name)| (name.clone(), Value::Array(records(i))))
            .collect();
        let data = account.entry(REGION, &op.id);
        if op.lists.len() == 1 {
            let mut items = records(0);
            // What is asked for by name is called as `pages` asks.
            let by = op.by.iter().filter(|by| op.required.contains(&by.input));
            for field in by.filter_map(|by| by.fields.first()) {
                items.iter_mut().for_each(|item| item[field] = json!("x"));
            }
            data.items = Some(items);
        } else {
            data.response = Some(Value::Object(lists.clone()));
        }
        let all: Vec<String> =
            op.lists.iter().flat_map(|name| probes(&lists[name].to_string())).collect();
        expected.push((op, all));
    }
    assert!(expected.len() > 60, "only {} paged operations", expected.len());
    let cloud = SimCloud::start(world).await.unwrap();
    for size in [1, 2, 3, 7, 1000] {
        cloud.set_page_size(Some(size));
        for (op, all) in &expected {
            let pages = pages(&cloud, op).await;
            assert!(pages.iter().all(|p| p.len() <= size), "{} at {size}", op.id);
            assert_eq!(pages.len(), all.len().div_ceil(size), "{} at {size}", op.id);
            let mut union: Vec<String> = pages.into_iter().flatten().collect();
            let mut all = all.clone();
            // Several lists come in the order of their names within a page.
            union.sort();
            all.sort();
            assert_eq!(union, all, "{} at {size}", op.id);
        }
    }
}

#[tokio::test]
async fn the_caller_chooses_the_page_size_within_the_services_limits() {
    let mut world = world();
    world.account_mut(MANAGEMENT).unwrap().entry(REGION, "ec2:DescribeVolumes").items =
        Some(records(0));
    let cloud = SimCloud::start(world).await.unwrap();
    let root = Signer::root();
    let volumes = |n: u32| call(&cloud, &root, "ec2:DescribeVolumes", json!({ "MaxResults": n }));
    let reply = volumes(5).await;
    assert_eq!(probes(&reply.body).len(), 5);
    assert_eq!(volumes(4).await.code(), "InvalidParameterValue");
    assert_eq!(volumes(2000).await.code(), "InvalidParameterValue");
    // A token continues the request that it came from and no other.
    let token = reply.get("nextToken").unwrap();
    let stolen = json!({ "NextToken": token });
    assert_eq!(call(&cloud, &root, "ec2:DescribeVpcs", stolen.clone()).await.status, 400);
    let elsewhere = root.in_region("us-east-1");
    assert_eq!(call(&cloud, &elsewhere, "ec2:DescribeVolumes", stolen.clone()).await.status, 400);
    let good = call(&cloud, &root, "ec2:DescribeVolumes", stolen).await;
    assert_eq!(probes(&good.body).len(), 6);
    let last = cloud.seen().pop().unwrap();
    assert_eq!((last.page, last.status), (2, Some(200)));
}

#[tokio::test]
async fn sqs_pages_only_when_asked() {
    let mut world = world();
    world.page_size = Some(2);
    let urls = (0..5).map(|n| json!(format!("http://sqs/probe-{n:03}"))).collect();
    world.account_mut(MANAGEMENT).unwrap().entry(REGION, "sqs:ListQueues").items = Some(urls);
    let cloud = SimCloud::start(world).await.unwrap();
    let all = call(&cloud, &Signer::root(), "sqs:ListQueues", json!({})).await;
    assert_eq!((probes(&all.body).len(), all.get("NextToken")), (5, None));
    let some = call(&cloud, &Signer::root(), "sqs:ListQueues", json!({ "MaxResults": 3 })).await;
    assert_eq!(probes(&some.body).len(), 2);
    assert!(some.get("NextToken").is_some());
}

#[tokio::test]
async fn an_organizations_tree_is_whole_at_every_page_size() {
    let mut world = world();
    let org = world.organization.as_mut().unwrap();
    org.roots[0].units = (0..5)
        .map(|n| {
            let unit = Unit::new(&format!("ou-{n}"), &format!("unit {n}"));
            unit.with(Unit::new(&format!("ou-{n}-deep"), "deep"))
        })
        .collect();
    world.account_mut(MEMBER).unwrap().parent = Some("ou-4".into());
    for n in 0..23 {
        let id = format!("3000000000{n:02}");
        world.accounts.push(Account::new(&id, "many").under(&format!("ou-{}-deep", n % 5)));
    }
    let cloud = SimCloud::start(world).await.unwrap();
    for size in [1, 2, 3, 7] {
        cloud.set_page_size(Some(size));
        let (mut open, mut accounts) = (vec!["r-1".to_owned()], Vec::new());
        while let Some(parent) = open.pop() {
            for (operation, list) in [
                ("organizations:ListOrganizationalUnitsForParent", "OrganizationalUnits"),
                ("organizations:ListAccountsForParent", "Accounts"),
            ] {
                let mut input = json!({ "ParentId": parent });
                loop {
                    let reply = call(&cloud, &Signer::root(), operation, input.clone()).await;
                    let body: Value = serde_json::from_str(&reply.body).unwrap();
                    let ids = body[list].as_array().unwrap().iter();
                    let ids = ids.map(|row| row["Id"].as_str().unwrap().to_owned());
                    if list == "Accounts" {
                        accounts.extend(ids)
                    } else {
                        open.extend(ids)
                    }
                    match reply.get("NextToken") {
                        Some(token) => input["NextToken"] = json!(token),
                        None => break,
                    }
                }
            }
        }
        accounts.sort();
        accounts.dedup();
        assert_eq!(accounts.len(), 25, "at {size}");
    }
}
