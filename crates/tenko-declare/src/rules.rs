//! The `rules` section: severities, suppressions, own rules.

use globset::Glob;
use tenko_cel::{Expression, Over};
use tenko_core::{
    AttrPath, Level, OwnRule, OwnSubject, RuleOverride, RuleSettings, Segment, Severity, Tenant,
    msg,
};

use crate::context::{Context, Pos};
use crate::diagnostic::Place;
use crate::expectation::{Known, source};
use crate::node::{Key, Node};
use crate::{scalar, settings, suppressions};

/// Where the section names a rule.
#[derive(Clone, Debug)]
pub(crate) struct RulePlace {
    pub(crate) rule: String,
    pub(crate) place: Place,
    pub(crate) what: Names,
}

/// How a rule is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// By its id, or by a glob over ids.
    Setting,
    /// By its id.
    Suppression,
    /// It is defined there.
    Own,
}

/// What is read, with what can only be checked later.
#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) settings: RuleSettings,
    pub(crate) places: Vec<RulePlace>,
    /// What settings are limited to: the key, where, and the name.
    limits: Vec<(&'static str, Pos, String)>,
}

/// More own rules than this are no manifest by hand, and each expression takes a while to parse.
const MAX_OWN_RULES: usize = 1_000;

/// Reads the section.
pub(crate) fn read(context: &mut Context<'_>, known: &Known<'_>, node: &Node) -> Rules {
    let mut out = Rules::default();
    let root = AttrPath::key("rules");
    let items = |key: &str| node.get(key).map(Node::items).unwrap_or_default();
    for (i, item) in items("settings").iter().enumerate() {
        setting(context, &mut out, item, &root.join("settings").with(Segment::Index(i)));
    }
    for (i, item) in items("suppress").iter().enumerate() {
        let address = root.join("suppress").with(Segment::Index(i));
        let read = suppressions::read(context, known.catalog, &mut out.places, item, &address);
        out.settings.suppressions.extend(read);
    }
    let own_rules = node.get("own").map(Node::entries).unwrap_or_default();
    if let Some((key, _)) = own_rules.get(MAX_OWN_RULES) {
        context.error(key.pos, format!("there are more than {MAX_OWN_RULES} own rules"));
    }
    for (key, value) in own_rules.iter().take(MAX_OWN_RULES) {
        let address = root.join("own").join(key.text.as_str());
        own(context, known, &mut out, key, value, &address);
    }
    out
}

fn setting(context: &mut Context<'_>, out: &mut Rules, node: &Node, address: &AttrPath) {
    let rule =
        node.get("rule").and_then(|n| rule_name(context, &mut out.places, n, Names::Setting));
    let level = match node.get("severity").and_then(Node::text) {
        Some("off") => Some(Level::Off),
        Some(word) => severity(word).map(Level::Severity),
        None => None,
    };
    let mut names = |key: &'static str| {
        let items = node.get(key).map(Node::items).unwrap_or_default();
        let found = items.iter().filter_map(|item| Some((item.pos, item.text()?)));
        let mut list = Vec::new();
        for (pos, name) in found {
            out.limits.push((key, pos, name.to_owned()));
            list.push(name.to_owned());
        }
        list
    };
    let (tenants, environments) = (names("tenants"), names("environments"));
    let stages = names("stages");
    for key in ["tenants", "environments", "stages"] {
        if let Some((at, list)) = node.entry(key)
            && matches!(list.kind, crate::node::Kind::Seq(_))
            && list.items().is_empty()
        {
            let help = "leave it out for any";
            context.error(at.pos, format!("`{key}` is empty")).help(help);
        }
    }
    if let (Some(rule), Some(level)) = (rule, level) {
        let source = source(context, node.pos, address);
        let setting = RuleOverride { rule, level, tenants, environments, stages, source };
        out.settings.overrides.push(setting);
    }
}

fn own(
    context: &mut Context<'_>,
    known: &Known<'_>,
    out: &mut Rules,
    key: &Key,
    node: &Node,
    address: &AttrPath,
) {
    if !is_id(&key.text) {
        let report = context.error(key.pos, format!("`{}` is no id of a rule", key.text));
        report.help("an id is capital letters, a hyphen and two digits: `OWN-01`");
    }
    let place = context.place(key.pos);
    out.places.push(RulePlace { rule: key.text.clone(), place, what: Names::Own });
    let subject = match (node.entry("type"), node.entry("over")) {
        (Some((_, types)), Some((over, _))) => {
            let message = "a rule has either `type` or `over`, not both";
            context.error(over.pos, message).see(types.pos, "the type");
            None
        }
        (None, None) => {
            let help = "write `type: \"AWS::S3::Bucket\"` for resources, `over: scopes` for \
                        accounts and projects";
            context.error(key.pos, "the rule does not say what it looks at").help(help);
            None
        }
        (Some((_, types)), None) => types.text().map(|glob| {
            let further: Vec<_> = known.further.iter().map(String::as_str).collect();
            settings::type_glob(context, known.catalog, &further, types.pos, glob);
            OwnSubject::Resources(glob.to_owned())
        }),
        (None, Some(_)) => Some(OwnSubject::Scopes),
    };
    let references = node.get("references").map(Node::items).unwrap_or_default();
    let references = references.iter().filter_map(|n| reference(context, n)).collect();
    let Some((at, when)) = node.get("when").and_then(|n| Some((n.pos, n.text()?))) else { return };
    let Some(subject) = subject else { return };
    let over = match subject {
        OwnSubject::Scopes => Over::Scope,
        OwnSubject::Resources(_) => Over::Resource,
    };
    if let Some(expression) = expression(context, at, when, over)
        && let OwnSubject::Resources(glob) = &subject
    {
        check_attributes(context, known, at, when, &expression, glob);
    }
    let text = |key: &str| node.text_of(key).unwrap_or_default();
    out.settings.own.push(OwnRule {
        id: key.text.clone(),
        name: text("name"),
        description: text("description"),
        severity: node
            .get("severity")
            .and_then(Node::text)
            .and_then(severity)
            .unwrap_or(Severity::Medium),
        remediation: text("remediation"),
        references,
        subject,
        when: when.to_owned(),
        source: source(context, at, &address.join("when")),
    });
}

/// Reports what is wrong with an expression, at its place in the file.
fn expression(context: &mut Context<'_>, pos: Pos, text: &str, over: Over) -> Option<Expression> {
    let error = match Expression::compile(text, over) {
        Ok(expression) => return Some(expression),
        Err(error) => error,
    };
    let before = text.split_inclusive('\n').take(error.line.saturating_sub(1) as usize);
    let offset = before.map(|line| line.chars().count()).sum::<usize>();
    let offset = offset + error.column.saturating_sub(1) as usize;
    let report = match scalar::locate(context, pos, text, offset) {
        Some(at) => context.error(at, error.message),
        None => {
            let (line, column) = (error.line, error.column);
            let place = format!("line {line}, column {column} of the expression");
            context.error(pos, format!("{} ({place})", error.message))
        }
    };
    if let Some(help) = error.help {
        report.help(help);
    }
    None
}

/// Reports attributes that no type of the rule has: `has` would be false of them for ever.
fn check_attributes(
    context: &mut Context<'_>,
    known: &Known<'_>,
    pos: Pos,
    text: &str,
    expression: &Expression,
    glob: &str,
) {
    let Ok(glob) = Glob::new(glob).map(|glob| glob.compile_matcher()) else { return };
    // Types that only this manifest knows come without a list of attributes.
    if known.further.iter().any(|name| glob.is_match(name)) {
        return;
    }
    let types = || known.catalog.iter().filter(|info| glob.is_match(info.resource_type.as_str()));
    if types().next().is_none() || types().any(|info| info.attributes.is_empty()) {
        return;
    }
    for path in expression.attributes() {
        let Some(Segment::Key(name)) = path.segments().first() else { continue };
        if name == "Tags" || types().any(|info| info.attributes.contains(name)) {
            continue;
        }
        let all = types().flat_map(|info| info.attributes.iter().map(String::as_str));
        let meant = context.closest(name, all);
        let offset = text.find(name.as_str()).and_then(|at| text.get(..at));
        let at =
            offset.and_then(|before| scalar::locate(context, pos, text, before.chars().count()));
        let mut types = types();
        let message = match (types.next(), types.next()) {
            (Some(info), None) => format!("{} has no attribute `{name}`", info.resource_type),
            _ => format!("no type of the rule has the attribute `{name}`"),
        };
        context.error(at.unwrap_or(pos), message).did_you_mean(meant);
    }
    // What no run can read is no question to ask in each.
    let is_hidden = |path: &AttrPath| {
        let mut types = types();
        types.all(|info| info.sensitive.iter().any(|hidden| hidden.covers(path)))
    };
    for path in expression.values().iter().filter(|path| is_hidden(path)) {
        // Where it is compared rather than asked for, which mostly comes first.
        let before = text.rfind(&format!("attributes.{path}")).and_then(|at| text.get(..at));
        let at = before.and_then(|before| {
            let offset = before.chars().count() + "attributes.".len();
            scalar::locate(context, pos, text, offset)
        });
        let message = format!("the value of `{path}` is hidden when it is collected");
        let help = format!("all that can be asked is `has(resource.attributes.{path})`");
        context.error(at.unwrap_or(pos), message).help(help);
    }
}

fn reference(context: &mut Context<'_>, node: &Node) -> Option<(String, String)> {
    if let Some(url) = node.text() {
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if host.is_none_or(|host| host.is_empty() || host.contains(char::is_whitespace)) {
            let help = "write `https://HOST/PATH`, or `{framework: NAME, id: ID}`";
            context.error(node.pos, format!("`{url}` is no address")).help(help);
        }
        return Some((String::new(), url.to_owned()));
    }
    Some((node.text_of("framework")?, node.get("id")?.scalar()?))
}

/// The name of a rule or, in a setting, of several. `None` when it can be none.
pub(crate) fn rule_name(
    context: &mut Context<'_>,
    places: &mut Vec<RulePlace>,
    node: &Node,
    what: Names,
) -> Option<String> {
    let text = node.text()?;
    let is_glob = text.contains(['*', '?', '[', '{']);
    let upper = text.to_ascii_uppercase();
    if is_glob && what == Names::Suppression {
        let help = "name each rule; `rules.settings` takes globs";
        context.error(node.pos, format!("`{text}` names no single rule")).help(help);
        return None;
    }
    if upper != text && (is_glob || is_id(&upper)) {
        let message = format!("`{text}` is no id of a rule: ids are in capital letters");
        context.error(node.pos, message).help(format!("did you mean `{upper}`?"));
        return None;
    }
    if is_glob {
        settings::glob(context, node.pos, text)?;
    } else if !is_id(text) {
        let help = "an id is capital letters, a hyphen and two digits: `NET-03`; `tenko rules` \
                    lists them";
        context.error(node.pos, format!("`{text}` is no id of a rule")).help(help);
        return None;
    }
    let place = context.place(node.pos);
    places.push(RulePlace { rule: text.to_owned(), place, what });
    Some(text.to_owned())
}

fn is_id(text: &str) -> bool {
    let Some((letters, digits)) = text.split_once('-') else { return false };
    !letters.is_empty()
        && letters.bytes().all(|b| b.is_ascii_uppercase())
        && digits.len() == 2
        && digits.bytes().all(|b| b.is_ascii_digit())
}

fn severity(word: &str) -> Option<Severity> {
    use Severity::{Critical, High, Info, Low, Medium};
    [Critical, High, Medium, Low, Info].into_iter().find(|s| s.to_string() == word)
}

/// Warns of settings for what is not there.
pub(crate) fn check_limits(context: &mut Context<'_>, rules: &Rules, tenants: &[Tenant]) {
    let environments = || tenants.iter().flat_map(|t| &t.environments);
    for (key, pos, name) in &rules.limits {
        let (message, known): (_, Vec<&str>) = match *key {
            "tenants" => (
                msg!("warning-no-tenant", name = name),
                tenants.iter().map(|t| t.id.as_str()).collect(),
            ),
            "environments" => (
                msg!("warning-no-environment", name = name),
                environments().map(|e| e.name.as_str()).collect(),
            ),
            _ => (
                msg!("warning-no-stage", name = name),
                environments().filter_map(|e| e.stage.as_deref()).collect(),
            ),
        };
        if known.contains(&name.as_str()) {
            continue;
        }
        let meant = context.closest(name, known);
        context.warn(*pos, message).did_you_mean(meant);
    }
}
