//! What stands below the options: examples, and what the exit codes mean.

pub(crate) const ABOUT: &str = "\
Read-only inventory and drift audit of many AWS accounts and Google Cloud
projects.

tenko (roll call) discovers the accounts and projects of an organization,
collects what is in them, compares it with what each tenant was declared to
have, and reports where they differ. What could not be read is unknown, never
missing.";

pub(crate) const FIRST_STEPS: &str = "\
First steps:
  tenko demo                    see a report, without an account
  tenko scopes --role ROLE      see who answers, with your own credentials
  tenko init --role ROLE        write tenants.yaml from what is there now
  tenko audit                   report what differs from tenants.yaml
  tenko init --cloud aws,gcp    the same for AWS and Google Cloud together

Credentials are found as by the AWS CLI (environment, profiles, IAM Identity
Center, instance and container roles), and for Google Cloud where `gcloud auth
application-default login` puts them, or in the file that
GOOGLE_APPLICATION_CREDENTIALS names. Everything is read-only: `tenko policy`
prints the permissions that are used.

Exit codes: 0 clean, 1 error, 2 drift or findings, 3 incomplete (something could
not be observed).";

pub(crate) const DEMO: &str = "\
Examples:
  tenko demo
  tenko demo --format json | jq .summary
  tenko demo --format html --lang ja > demo.html
  tenko demo --out tour
  tenko diff tour/demo.tenko.zst -f tour/tenants.yaml
  tenko show -s tour/demo.tenko.zst acme-production-uploads
  tenko show -s tour/demo.tenko.zst --scope acme-analytics

Nothing leaves this machine. The exit code is 0 for text, and for other
formats that of the audit.";

pub(crate) const SCOPES: &str = "\
Examples:
  tenko scopes
  tenko scopes --role auditors/Tenko --external-id example
  tenko scopes --account 111111111111,222222222222 --role Tenko
  tenko scopes --cloud gcp
  tenko scopes --folder 456
  tenko scopes --snapshot latest

Exit codes: 0 all answered, 1 error, 3 somebody did not answer.";

pub(crate) const INIT: &str = "\
Examples:
  tenko init --role auditors/Tenko
  tenko init --cloud aws,gcp
  tenko init --depth scopes --out - | less
  tenko init --snapshot latest --depth attributes

How the accounts and projects were got into is written down as well, so that
`tenko audit` needs no options.";

pub(crate) const AUDIT: &str = "\
Examples:
  tenko audit
  tenko audit --type 'AWS::S3::*' --region eu-central-1
  tenko audit --only 'DATA-*' --severity high
  tenko audit --cloud gcp --type 'storage.googleapis.com/*'
  tenko audit --format json --quiet > report.json
  tenko audit --format html,sarif --out reports --lang ja
  tenko audit -f tenants.yaml -f more-tenants.yaml --save today.tenko.zst

Each run is kept in .tenko/history and compared with those before it; `tenko
report` shows it again, in any format. Formats: text, html, markdown, csv, json,
sarif, junit, ocsf, slack, github.

Sensitive values are kept as keyed digests. The key is made once, in
.tenko/redaction.key; TENKO_REDACTION_KEY (64 hexadecimal digits) replaces it.

Exit codes: 0 clean, 1 error, 2 drift or findings, 3 nothing differs as far as
was seen, and not everything could be observed.";

pub(crate) const REPORT: &str = "\
Examples:
  tenko report
  tenko report --top 5
  tenko report latest --format html --lang ja > report.html
  tenko report 20261101 --format html,csv,sarif --out reports
  tenko report report.json --format markdown

Formats: text, html, markdown, csv, json, sarif (2.1.0), junit, ocsf (compliance
findings), slack (blocks) and github (annotations; the job's summary goes to
GITHUB_STEP_SUMMARY). Nothing is asked of any cloud, but of the one that the
history is in.

Exit codes: those of the run: 0 clean, 1 error, 2 drift or findings, 3
incomplete.";

pub(crate) const HISTORY: &str = "\
Examples:
  tenko history
  tenko history --format json | jq '.runs[].findings'
  tenko history --history s3://acme-audit/tenko

Runs are written once and never changed; what was not written whole is not a run.

Exit codes: 0 done, 1 error, 3 some runs could not be read.";

pub(crate) const SUPPRESS: &str = "\
Examples:
  tenko suppress 4f0c19 --reason 'the bucket is a public website' \\
      --expires 2027-01-31 --ticket OPS-123
  tenko suppress 4f0c19 a81b22 --reason 'moves in January' --expires 2027-01-31

The fingerprints are in every report but the short text: `tenko report
--verbose` shows them. The entry goes into the file of suppressions. When the
evidence changes, what was suppressed is reported again.";

pub(crate) const ACCEPT: &str = "\
Examples:
  tenko accept --reason 'as found in November' --expires 2027-02-28
  tenko accept --severity medium --reason 'first the bad ones' \\
      --expires 2027-02-28

Writes a suppression for each finding and drift of the run that is neither
unknown nor suppressed: from then on only what is new or changed is reported.";

pub(crate) const SCHEDULE: &str = "\
Examples:
  tenko schedule github-actions > .github/workflows/tenko.yml
  tenko schedule kubernetes | kubectl apply -f -
  tenko schedule systemd --out /etc/systemd/system
  tenko schedule eventbridge > tenko.yaml

The manifest's `report` section says when, in which zone, with which roles.";

pub(crate) const NOTIFY: &str = "\
Examples:
  tenko notify slack
  tenko notify slack 20261101 --webhook ACME_SLACK_WEBHOOK --dry-run
  tenko notify github --repository acme/infrastructure

Webhooks and tokens come from environment variables (for GitHub GITHUB_TOKEN or
GH_TOKEN) and are shown nowhere. A run is told once: again does nothing.";

pub(crate) const EXPORT: &str = "\
Examples:
  tenko export --out tables
  tenko export latest --out tables --as parquet,jsonl -s today.tenko.zst
  duckdb -c \"select severity, count(*) from 'tables/findings/*/*.parquet'
      where verdict = 'finding' and suppressed_reason is null group by all\"

Tables: findings (drift too), resources, and coverage (what was looked at, and how
that ended), partitioned as date=2026-11-22.";

pub(crate) const COLLECT: &str = "\
Examples:
  tenko collect
  tenko collect --timeout 10m --out today.tenko.zst
  tenko diff latest

Sensitive values are kept as keyed digests. The key is made once, in
.tenko/redaction.key; TENKO_REDACTION_KEY (64 hexadecimal digits) replaces it.

Exit codes: 0 all collected, 1 error, 2 findings, 3 incomplete.";

pub(crate) const DIFF: &str = "\
Examples:
  tenko diff latest
  tenko diff monday.tenko.zst tuesday.tenko.zst
  tenko diff 20260301 latest

Nothing is asked of any cloud. Run ids are the names in .tenko/snapshots.";

pub(crate) const DECLARE: &str = "\
Examples:
  tenko declare terraform.tfstate
  tenko declare states/ 's3://acme-states/**/*.tfstate' --format json
  terraform state pull | tenko declare -
  tenko declare tenants.yaml --type 'AWS::S3::*'
  aws cloudformation describe-stack-resources --stack-name web > web.json
  tenko declare web.json

Nothing is asked of any cloud but the states that are named. Of a manifest, the
files are read that its `iac` names, not what lies elsewhere.

Exit codes: 0 all read, 1 error, 3 something could not be read.";

pub(crate) const ADOPT: &str = "\
Examples:
  tenko adopt --tenant acme/production > imports.tf
  tenko adopt vpc-0123456789abcdef0 acme-production-uploads
  tenko adopt --type 'AWS::S3::*' --into manifest
  terraform plan -generate-config-out=adopted.tf

Nothing is changed and nothing is asked of any cloud: the text goes into your
own code. Exit codes: 0 done, 1 error, 3 code that may declare them could not
be read.";

pub(crate) const PARITY: &str = "\
Examples:
  tenko parity
  tenko parity acme
  tenko parity acme/production acme/staging --type 'AWS::Lambda::*'
  tenko parity web --snapshot monday.tenko.zst --format json

Names, ids, accounts, regions and addresses that must differ are no difference.
Differences that are meant to be stand below `parity.allow` in the manifest.

Exit codes: 0 alike, 1 error, 2 something differs, 3 alike as far as was seen.";

pub(crate) const SHOW: &str = "\
Examples:
  tenko show --type 'AWS::S3::*' --tenant acme/production
  tenko show --type storage.googleapis.com/Bucket --scope acme-prod
  tenko show vpc-0123456789abcdef0
  tenko show --tag cost-center=42 --scope acme-production --format json";

pub(crate) const UNTANGLE: &str = "\
Examples:
  tenko untangle 555555555501 --snapshot latest
  tenko untangle legacy --format markdown > plan.md
  tenko untangle legacy --network 10.64.0.0/10 --format json
  tenko demo --out tour
  tenko untangle initech -s tour/demo.tenko.zst -f tour/tenants.yaml

Without --snapshot all accounts and projects are collected: what they refer to
and which address ranges they use is part of the plan. Nothing is changed.

Exit codes: 0 planned, or nothing to untangle, 1 error, 3 something could not be
read, here or in another account, and is not in the plan.";

pub(crate) const POLICY: &str = "\
Examples:
  tenko policy > member.json
  tenko policy --for caller --role auditors/Tenko > caller.json
  tenko policy --cloud gcp > role.json
  gcloud iam roles create tenko --organization 123456789012 --file role.json";

pub(crate) const RULES: &str = "\
Examples:
  tenko rules
  tenko rules explain DATA-01
  tenko rules -f tenants.yaml --format json
  tenko audit --only 'IAM-*,DATA-*' --severity high

Rules of the manifest (`rules.own`) are listed too.";

pub(crate) const TYPES: &str = "\
Examples:
  tenko types
  tenko types --cloud gcp
  tenko types AWS::S3::Bucket
  tenko types storage.googleapis.com/Bucket";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  tenko completions bash > ~/.local/share/bash-completion/completions/tenko
  tenko completions zsh > \"${fpath[1]}/_tenko\"
  tenko completions fish > ~/.config/fish/completions/tenko.fish";

pub(crate) const LOGIN: &str = "\
Examples:
  tenko login acme/staging
  tenko login                        choose from a list
  tenko login acme/production --with logs --ticket OPS-123
  tenko login acme --no-shell        sign in, and keep the session

The session can look and neither change anything nor read data; that is tested
before anybody gets it. --with widens it to data that the environment declares
in the manifest (login: {data: [logs]}). What AWS begins with comes from the
usual places, or from login.aws in the manifest; at a terminal, IAM Identity
Center is signed in to by itself.";

pub(crate) const EXEC: &str = "\
Examples:
  tenko exec acme/staging -- aws s3 ls
  tenko exec gcp:acme-analytics -- gcloud compute instances list
  tenko exec --each stage=production -- aws sts get-caller-identity
  tenko exec --each 'acme/*' tag:team=web --format json -- aws ec2 describe-vpcs
  tenko exec acme/staging --server -- ./a-long-run

The command sees the session's credentials and no others. Its exit code is
tenko's; with --each that is 0 if all succeeded and 1 if any did not. Ctrl-C
then begins no further command; a second one ends those that run.";

pub(crate) const CONSOLE: &str = "\
Examples:
  tenko console acme/production
  tenko console acme/production -d cloudwatch
  tenko console acme/production --print

The browser gets the address through this machine, once: it stands in no
argument list and no log.";

pub(crate) const CREDENTIALS: &str = "\
Examples, in ~/.aws/config:
  [profile acme-staging]
  credential_process = tenko credentials -f /home/mika/tenants.yaml acme/staging

`tenko profiles --write` writes these. It asks nobody anything: where somebody
has to sign in first, it says so and ends, and `production: confirm` does not
hold it up. Calls at the same time share one session.";

pub(crate) const ENV: &str = "\
Examples:
  eval \"$(tenko env acme/staging)\"
  tenko env acme/staging --shell fish | source
  tenko env acme/staging --shell powershell | Out-String | Invoke-Expression
  eval \"$(tenko env --unset)\"         back again

The credentials then are every later command's. `tenko exec` gives them to one.
For Google Cloud, gcloud's own files are in a folder of their own below TMPDIR,
which stays.";

pub(crate) const WHOAMI: &str = "\
Examples:
  tenko whoami
  tenko whoami --format json

Ends with 1 where TENKO_ENVIRONMENT names another environment than the
credentials, or these are not those of its login. It asks AWS alone.";

pub(crate) const PROFILES: &str = "\
Examples:
  tenko profiles                     what would be written
  tenko profiles --write
  tenko profiles --write stage=staging
  tenko profiles --remove

Only the block between `# BEGIN tenko` and `# END tenko` is touched; the file as
it was is kept beside it.";

pub(crate) const SERVER: &str = "\
Examples:
  tenko server acme/staging          prints the variables, and serves
  tenko exec --server acme/staging -- ./a-long-run

The SDKs of AWS ask it as they ask a container's endpoint. It listens on
127.0.0.1 and wants a token.";

pub(crate) const BOOTSTRAP: &str = "\
Examples:
  tenko bootstrap --as cloudformation > tenko-login.yaml
  tenko bootstrap --as parameters     one line per account, for the StackSet
  tenko bootstrap --as terraform --trust arn:aws:iam::111111111111:role/TenkoHub
  tenko bootstrap --as hub > hub-policy.json
  tenko bootstrap --as google --trust group:sre@example.com > google.tf

Nothing is changed: it writes what an administrator applies.";

pub(crate) const DOCTOR: &str = "\
Examples:
  tenko doctor
  tenko doctor acme/production
  tenko doctor --trust group:sre@example.com
  tenko doctor --format json

It logs in and reads each role over the session. On Google Cloud, a service
account is read as the one who asks, who needs roles/iam.serviceAccountViewer
on it: `tenko bootstrap --as google` grants that to those who log in.

Exit codes: 0 as `tenko bootstrap` makes it, 1 error, 2 something is not, 3
something could not be read.";

pub(crate) const LOG: &str = "\
Examples:
  tenko log
  tenko log acme/production -n 20
  tenko log --format json

Each line holds the hash of the one before: a changed, removed or added line is
found, and the command ends with 1.";
