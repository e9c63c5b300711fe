//! A checked tree, made ready: what it reads becomes numbered slots that are filled only when the
//! evaluation comes to them, and its loops count what they cost.

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, ListExpr, LiteralValue, operators};
use tenko_core::{AttrPath, Segment};

use crate::hidden;

/// A variable with members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    Resource,
    Scope,
    Environment,
}

/// One thing that an expression reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The time of the run.
    Now,
    /// Null, or text that is not null: only compared with null.
    Environment,
    /// A member as a whole.
    Member(Root, String),
    /// Whether a member says anything.
    HasMember(Root, String),
    Tag(Root, String),
    HasTag(Root, String),
    Attribute(Vec<Segment>),
    HasAttribute(Vec<Segment>),
    /// One turn of a loop with so many parts.
    Turn(u64),
}

/// The slots of one expression.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) slots: Vec<Slot>,
}

/// How the slot of this number is called in the tree. No expression can write such a name.
fn slot_name(index: usize) -> String {
    format!("@{index}")
}

/// The number of the slot that is called so.
pub(crate) fn slot_index(name: &str) -> Option<usize> {
    name.strip_prefix('@')?.parse().ok()
}

impl Plan {
    /// Which attributes and tags of a resource the slots read, each once.
    pub(crate) fn attributes(&self) -> Vec<AttrPath> {
        let mut out = Vec::new();
        for slot in &self.slots {
            let path = match slot {
                Slot::Member(Root::Resource, name) if name == "tags" => AttrPath::key("Tags"),
                Slot::Member(Root::Resource, name) if name == "attributes" => AttrPath::default(),
                Slot::Tag(Root::Resource, key) | Slot::HasTag(Root::Resource, key) => {
                    AttrPath::key("Tags").join(key.as_str())
                }
                Slot::Attribute(path) | Slot::HasAttribute(path) => AttrPath::new(path.clone()),
                _ => continue,
            };
            if !out.contains(&path) {
                out.push(path);
            }
        }
        out
    }

    fn slot(&mut self, id: u64, slot: Slot) -> IdedExpr {
        let index = self.slots.iter().position(|known| *known == slot).unwrap_or_else(|| {
            self.slots.push(slot);
            self.slots.len() - 1
        });
        IdedExpr { id, expr: Expr::Ident(slot_name(index)) }
    }

    /// The tree with slots instead of what they read.
    pub(crate) fn rewrite(&mut self, expr: IdedExpr) -> IdedExpr {
        let id = expr.id;
        if let Some(slot) = reads(&expr.expr) {
            return self.slot(id, slot);
        }
        let boxed = |plan: &mut Self, expr: Box<IdedExpr>| Box::new(plan.rewrite(*expr));
        let expr = match expr.expr {
            // The interpreter prepares the error of `!` each time, whether it is one or not.
            Expr::Call(mut call) if call.func_name == operators::LOGICAL_NOT => {
                call.func_name = operators::CONDITIONAL.to_owned();
                call.args = call.args.into_iter().map(|arg| self.rewrite(arg)).collect();
                call.args.extend([truth(id, false), truth(id, true)]);
                Expr::Call(call)
            }
            Expr::Call(call) => Expr::Call(CallExpr {
                func_name: hidden::instead_of(&call.func_name)
                    .map_or(call.func_name, ToOwned::to_owned),
                target: call.target.map(|target| boxed(self, target)),
                args: call.args.into_iter().map(|arg| self.rewrite(arg)).collect(),
            }),
            Expr::Select(mut select) => {
                select.operand = boxed(self, select.operand);
                Expr::Select(select)
            }
            Expr::List(list) => Expr::List(ListExpr {
                elements: list.elements.into_iter().map(|e| self.rewrite(e)).collect(),
                optional_indices: list.optional_indices,
            }),
            Expr::Map(mut map) => {
                for entry in &mut map.entries {
                    if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                        entry.key = self.rewrite(std::mem::take(&mut entry.key));
                        entry.value = self.rewrite(std::mem::take(&mut entry.value));
                    }
                }
                Expr::Map(map)
            }
            Expr::Comprehension(mut loop_) => {
                let turn = self.slot(id, Slot::Turn(size(&loop_.loop_step)));
                loop_.iter_range = self.rewrite(loop_.iter_range);
                loop_.loop_step = self.rewrite(loop_.loop_step);
                // A list that grows is made in place only while its loop has no condition, so
                // there the step counts.
                if matches!(loop_.accu_init.expr, Expr::List(_)) {
                    count_step(&mut loop_.loop_step, &turn);
                } else {
                    let condition = self.rewrite(std::mem::take(&mut loop_.loop_cond));
                    loop_.loop_cond = counted(&turn, condition);
                }
                Expr::Comprehension(loop_)
            }
            other => other,
        };
        IdedExpr { id, expr }
    }
}

fn truth(id: u64, value: bool) -> IdedExpr {
    IdedExpr { id, expr: Expr::Literal(LiteralValue::Boolean(value.into())) }
}

/// `turn ? expr : false`: a turn is true, or an error when there were too many.
fn counted(turn: &IdedExpr, expr: IdedExpr) -> IdedExpr {
    let id = expr.id;
    IdedExpr {
        id,
        expr: Expr::Call(CallExpr {
            func_name: operators::CONDITIONAL.to_owned(),
            target: None,
            args: vec![turn.clone(), expr, truth(id, false)],
        }),
    }
}

/// Counts in the condition of `condition ? @result + [value] : @result`, or in the value of
/// `@result + [value]`.
fn count_step(step: &mut IdedExpr, turn: &IdedExpr) {
    let Expr::Call(call) = &mut step.expr else { return };
    let counts = if call.func_name == operators::CONDITIONAL {
        call.args.first_mut()
    } else {
        match call.args.get_mut(1).map(|list| &mut list.expr) {
            Some(Expr::List(list)) => list.elements.first_mut(),
            _ => None,
        }
    };
    if let Some(expr) = counts {
        *expr = counted(turn, std::mem::take(expr));
    }
}

/// What this part reads, where it is nothing but that.
fn reads(expr: &Expr) -> Option<Slot> {
    match expr {
        Expr::Ident(name) if name == "now" => Some(Slot::Now),
        Expr::Ident(name) if name == "environment" => Some(Slot::Environment),
        Expr::Select(select) if select.test => {
            let (root, mut steps) = chain(&select.operand)?;
            steps.push(Segment::Key(select.field.clone()));
            slot_of(root, steps, true)
        }
        Expr::Call(call) if call.func_name == operators::IN => {
            let [key, map] = call.args.as_slice() else { return None };
            let Expr::Literal(LiteralValue::String(key)) = &key.expr else { return None };
            let (root, mut steps) = chain(map)?;
            // Of anything else it is not known whether it is a list or a map.
            let is_map = matches!(steps.as_slice(), [Segment::Key(member)]
                if member == "tags" || member == "attributes");
            steps.push(Segment::Key(key.inner().to_owned()));
            is_map.then(|| slot_of(root, steps, true)).flatten()
        }
        _ => {
            let (root, steps) = chain_of(expr)?;
            slot_of(root, steps, false)
        }
    }
}

fn chain(expr: &IdedExpr) -> Option<(Root, Vec<Segment>)> {
    chain_of(&expr.expr)
}

/// A variable and the members and literal indices behind it.
fn chain_of(expr: &Expr) -> Option<(Root, Vec<Segment>)> {
    let (below, step) = match expr {
        Expr::Ident(name) => {
            let root = match name.as_str() {
                "resource" => Root::Resource,
                "scope" => Root::Scope,
                "environment" => Root::Environment,
                _ => return None,
            };
            return Some((root, vec![]));
        }
        Expr::Select(select) if !select.test => {
            (&*select.operand, Segment::Key(select.field.clone()))
        }
        Expr::Call(call) if call.func_name == operators::INDEX => {
            let [of, index] = call.args.as_slice() else { return None };
            let step = match &index.expr {
                Expr::Literal(LiteralValue::String(key)) => Segment::Key(key.inner().to_owned()),
                Expr::Literal(LiteralValue::Int(index)) => {
                    Segment::Index(usize::try_from(*index.inner()).ok()?)
                }
                _ => return None,
            };
            (of, step)
        }
        _ => return None,
    };
    let (root, mut steps) = chain(below)?;
    steps.push(step);
    Some((root, steps))
}

fn slot_of(root: Root, steps: Vec<Segment>, has: bool) -> Option<Slot> {
    let mut rest = steps.into_iter();
    let Some(Segment::Key(member)) = rest.next() else { return None };
    let rest: Vec<Segment> = rest.collect();
    match (member.as_str(), rest.as_slice()) {
        (_, []) if has => Some(Slot::HasMember(root, member)),
        (_, []) => Some(Slot::Member(root, member)),
        ("tags", [Segment::Key(key)]) => {
            let key = key.clone();
            Some(if has { Slot::HasTag(root, key) } else { Slot::Tag(root, key) })
        }
        ("attributes", _) if root == Root::Resource => {
            Some(if has { Slot::HasAttribute(rest) } else { Slot::Attribute(rest) })
        }
        _ => None,
    }
}

/// How many parts an expression has.
fn size(expr: &IdedExpr) -> u64 {
    1 + match &expr.expr {
        Expr::Call(call) => call.target.iter().map(|e| size(e)).sum::<u64>() + sizes(&call.args),
        Expr::Select(select) => size(&select.operand),
        Expr::List(list) => sizes(&list.elements),
        Expr::Comprehension(loop_) => size(&loop_.iter_range),
        Expr::Map(map) => map
            .entries
            .iter()
            .map(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => size(&entry.key) + size(&entry.value),
                EntryExpr::StructField(field) => size(&field.value),
            })
            .sum(),
        _ => 0,
    }
}

fn sizes(of: &[IdedExpr]) -> u64 {
    of.iter().map(size).sum()
}
