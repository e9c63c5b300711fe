//! Whether an expression can have a meaning: names, members and types, each fault at the place of
//! the part that is wrong. What an attribute holds is not known before it is read, so that
//! everything about it is allowed here.

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue};
use cel::common::ast::{IdedExpr, SelectExpr, SourceInfo, operators};

use crate::Over;
use crate::calls;
use crate::error::Fault;
use crate::functions::TYPE_NAMES;
use crate::types::{ENVIRONMENT, RESOURCE, SCOPE, Type, arithmetic};
use crate::words;

/// How deep comprehensions may stand in each other.
const MAX_LOOPS: usize = 3;

pub(crate) struct Checker<'s> {
    pub(crate) source: &'s SourceInfo,
    pub(crate) over: Over,
    /// The variables of the comprehensions that are open.
    pub(crate) bound: Vec<(String, Type)>,
    pub(crate) loops: usize,
}

/// How an operator is written.
pub(crate) fn written(function: &str) -> &str {
    match function {
        operators::IN => "in",
        "_[_]" => "[]",
        "_._" => ".",
        "_?_:_" => "? :",
        _ => function.trim_matches('_'),
    }
}

impl Checker<'_> {
    /// Checks a whole expression: it must be true or false.
    pub(crate) fn whole(&mut self, expr: &IdedExpr) -> Result<(), Fault> {
        match self.value(expr)? {
            Type::Bool | Type::Dyn => Ok(()),
            other => {
                let message =
                    format!("the expression is {}; it must be true or false", other.name());
                Err(self.fault(expr, message).help("compare it with something: `==`, `in`, `>`"))
            }
        }
    }

    /// A fault at the first character of this part.
    pub(crate) fn fault(&self, expr: &IdedExpr, message: impl Into<String>) -> Fault {
        let mut first = None;
        self.first(expr, &mut first);
        Fault::new(first.unwrap_or(0), message)
    }

    /// The place of the part itself: of an operator, or of a member's dot.
    fn own(&self, expr: &IdedExpr) -> usize {
        self.source.offset_for(expr.id).map_or(0, |(start, _)| start as usize)
    }

    /// The place of a name: a call's own place is its bracket, and a member's its dot.
    pub(crate) fn named(&self, expr: &IdedExpr, name: &str) -> usize {
        let own = self.own(expr);
        let before = self.source.source.get(..own).unwrap_or_default().trim_end();
        match before.strip_suffix(name) {
            Some(before) => before.len(),
            None if self.source.source.get(own..).is_some_and(|rest| rest.starts_with('.')) => {
                own + 1
            }
            None => own,
        }
    }

    fn first(&self, expr: &IdedExpr, least: &mut Option<usize>) {
        if self.source.offset_for(expr.id).is_some() {
            let start = match &expr.expr {
                Expr::Call(call) if call.target.is_none() => self.named(expr, &call.func_name),
                Expr::Select(select) if select.test => self.named(expr, operators::HAS),
                Expr::Struct(of) => self.named(expr, &of.type_name),
                _ => self.own(expr),
            };
            *least = Some(least.map_or(start, |least| least.min(start)));
        }
        // What stands on the left is enough.
        match &expr.expr {
            Expr::Call(call) => {
                let left = call.target.as_deref().or(call.args.first());
                left.into_iter().for_each(|left| self.first(left, least));
            }
            Expr::Select(select) if !select.test => self.first(&select.operand, least),
            Expr::Comprehension(loop_) => self.first(&loop_.iter_range, least),
            _ => {}
        }
    }

    /// The type of a part that is used as a value.
    pub(crate) fn value(&mut self, expr: &IdedExpr) -> Result<Type, Fault> {
        match self.infer(expr)? {
            Type::Struct(of) => {
                let message = format!("`{}` is no value: name one of its members", of.name);
                let members: Vec<_> = of.members.iter().map(|(name, _)| *name).collect();
                Err(self.fault(expr, message).help(format!("it has {}", members.join(", "))))
            }
            known => Ok(known),
        }
    }

    fn infer(&mut self, expr: &IdedExpr) -> Result<Type, Fault> {
        match &expr.expr {
            Expr::Literal(literal) => Ok(match literal {
                LiteralValue::Boolean(_) => Type::Bool,
                LiteralValue::Bytes(_) => Type::Bytes,
                LiteralValue::Double(_) => Type::Double,
                LiteralValue::Int(_) => Type::Int,
                LiteralValue::Null => Type::Null,
                LiteralValue::String(_) => Type::Text,
                LiteralValue::UInt(_) => Type::Uint,
            }),
            Expr::Ident(name) => self.variable(expr, name),
            Expr::Select(select) => self.select(expr, select),
            Expr::Call(call) => self.call(expr, call),
            Expr::Comprehension(loop_) => self.comprehension(expr, loop_),
            Expr::List(list) => {
                let mut of = None;
                for element in &list.elements {
                    let next = self.value(element)?;
                    of = Some(of.map_or(next.clone(), |of: Type| of.or(next)));
                }
                Ok(Type::List(Box::new(of.unwrap_or(Type::Dyn))))
            }
            Expr::Map(map) => {
                let mut of = None;
                for entry in &map.entries {
                    let EntryExpr::MapEntry(entry) = &entry.expr else { continue };
                    self.value(&entry.key)?;
                    let next = self.value(&entry.value)?;
                    of = Some(of.map_or(next.clone(), |of: Type| of.or(next)));
                }
                Ok(Type::Map(Box::new(of.unwrap_or(Type::Dyn))))
            }
            Expr::Struct(of) => {
                Err(self.fault(expr, format!("there is no type `{}` to make", of.type_name)))
            }
            Expr::Unspecified => Err(self.fault(expr, "the expression ends too early")),
        }
    }

    fn variable(&self, expr: &IdedExpr, name: &str) -> Result<Type, Fault> {
        if let Some((_, known)) = self.bound.iter().rev().find(|(bound, _)| bound == name) {
            return Ok(known.clone());
        }
        match (name, self.over) {
            ("resource", Over::Resource) => return Ok(Type::Struct(&RESOURCE)),
            ("resource", Over::Scope) => {
                let message = "`resource` is not there in a rule over accounts and projects";
                return Err(self
                    .fault(expr, message)
                    .help("read `scope`, or give the rule a `type` instead of `over`"));
            }
            ("scope", _) => return Ok(Type::Struct(&SCOPE)),
            ("environment", _) => return Ok(Type::Struct(&ENVIRONMENT)),
            ("now", _) => return Ok(Type::Time),
            _ if TYPE_NAMES.contains(&name) => return Ok(Type::Kind),
            _ => {}
        }
        let mut known = vec!["scope", "environment", "now"];
        if self.over == Over::Resource {
            known.insert(0, "resource");
        }
        let fault = self.fault(expr, format!("there is no variable `{name}`"));
        if let Some(variable) = known.iter().find(|of| {
            let of = [&RESOURCE, &SCOPE, &ENVIRONMENT].into_iter().find(|s| s.name == **of);
            of.is_some_and(|of| of.member(name).is_some())
        }) {
            return Err(fault.help(format!("did you mean `{variable}.{name}`?")));
        }
        let bound = self.bound.iter().map(|(name, _)| name.as_str());
        let candidates = bound.chain(known.iter().copied()).chain(["true", "false", "null"]);
        let fault = fault.help(format!("there are {}", known.join(", ")));
        Err(fault.meant(name, candidates))
    }

    fn select(&mut self, expr: &IdedExpr, select: &SelectExpr) -> Result<Type, Fault> {
        let of = self.infer(&select.operand)?;
        let member = match of {
            Type::Struct(of) => match of.member(&select.field) {
                Some(member) => member.of_type(),
                None => {
                    let message = format!("`{}` has no member `{}`", of.name, select.field);
                    let names: Vec<_> = of.members.iter().map(|(name, _)| *name).collect();
                    let fault = if select.test {
                        self.fault(&select.operand, message)
                    } else {
                        Fault::new(self.named(expr, &select.field), message)
                    };
                    let help = if of.name == "resource"
                        && select.field.chars().next().is_some_and(char::is_uppercase)
                    {
                        format!("did you mean `resource.attributes.{}`?", select.field)
                    } else {
                        format!("it has {}", names.join(", "))
                    };
                    return Err(fault.help(help).meant(&select.field, names));
                }
            },
            Type::Map(of) => *of,
            Type::Dyn => Type::Dyn,
            other => {
                let message = format!("{} has no member `{}`", other.name(), select.field);
                let fault = self.fault(&select.operand, message);
                return Err(match other {
                    Type::List(_) => fault.help("look at its elements: `LIST.exists(x, x. ...)`"),
                    _ => fault,
                });
            }
        };
        Ok(if select.test { Type::Bool } else { member })
    }

    fn call(&mut self, expr: &IdedExpr, call: &CallExpr) -> Result<Type, Fault> {
        let name = call.func_name.as_str();
        if call.target.is_some() {
            return calls::function(self, expr, call);
        }
        match (name, call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [a, b]) => {
                self.condition(a, written(name))?;
                self.condition(b, written(name))?;
                Ok(Type::Bool)
            }
            (operators::LOGICAL_NOT, [a]) => {
                self.condition(a, "!")?;
                Ok(Type::Bool)
            }
            (operators::CONDITIONAL, [condition, yes, no]) => {
                self.condition(condition, "? :")?;
                Ok(self.value(yes)?.or(self.value(no)?))
            }
            (operators::EQUALS | operators::NOT_EQUALS, [a, b]) => {
                // Only these ask whether there is an environment at all.
                let (x, y) = (self.infer(a)?, self.infer(b)?);
                for (one, known, other) in [(a, &x, &y), (b, &y, &x)] {
                    if matches!(known, Type::Struct(_))
                        && (*other != Type::Null || *known != Type::Struct(&ENVIRONMENT))
                    {
                        self.value(one)?;
                    }
                }
                if x.can_equal(&y) {
                    words::compared(self, a, b)?;
                    words::compared(self, b, a)?;
                    return Ok(Type::Bool);
                }
                let message = format!("{} never equals {}", x.name(), y.name());
                Err(compared_help(self.fault(expr, message), &x, &y))
            }
            (
                operators::LESS
                | operators::LESS_EQUALS
                | operators::GREATER
                | operators::GREATER_EQUALS,
                [a, b],
            ) => {
                let (x, y) = (self.value(a)?, self.value(b)?);
                if x.can_order(&y) {
                    return Ok(Type::Bool);
                }
                Err(compared_help(self.between(expr, name, &x, &y), &x, &y))
            }
            (operators::IN, [a, b]) => self.contained(expr, a, b),
            (operators::INDEX, [a, b]) => self.index(expr, a, b),
            (operators::NEGATE, [a]) => match self.value(a)? {
                known @ (Type::Int | Type::Double | Type::Dyn) => Ok(known),
                other => Err(self.fault(expr, format!("`-` needs a number, not {}", other.name()))),
            },
            ("_+_" | "_-_" | "_*_" | "_/_" | "_%_", [a, b]) => {
                let (x, y) = (self.value(a)?, self.value(b)?);
                arithmetic(written(name), &x, &y).ok_or_else(|| {
                    let fault = self.between(expr, name, &x, &y);
                    match (&x, &y) {
                        (Type::Text, _) | (_, Type::Text) => {
                            fault.help("`string(x)` makes text of a number or a time")
                        }
                        _ if x.is_number() && y.is_number() => {
                            fault.help("numbers must be of one kind: `int(x)`, `double(x)`")
                        }
                        (Type::Time | Type::Duration, _) | (_, Type::Time | Type::Duration) => {
                            fault.help("write a duration as `duration(\"72h\")`")
                        }
                        _ => fault,
                    }
                })
            }
            _ => calls::function(self, expr, call),
        }
    }

    fn between(&self, expr: &IdedExpr, operator: &str, x: &Type, y: &Type) -> Fault {
        let (x, y) = (x.name(), y.name());
        let operator = written(operator);
        self.fault(expr, format!("`{operator}` cannot stand between {x} and {y}"))
    }

    /// A part that must be true or false; `what` is what asks for it.
    fn condition(&mut self, expr: &IdedExpr, what: &str) -> Result<(), Fault> {
        match self.value(expr)? {
            Type::Bool | Type::Dyn => Ok(()),
            other => {
                let message = format!("`{what}` needs true or false here, not {}", other.name());
                Err(self.fault(expr, message))
            }
        }
    }

    fn contained(&mut self, expr: &IdedExpr, a: &IdedExpr, b: &IdedExpr) -> Result<Type, Fault> {
        let (x, y) = (self.value(a)?, self.value(b)?);
        if let Expr::List(list) = &b.expr {
            list.elements.iter().try_for_each(|word| words::compared(self, a, word))?;
        }
        let message = match &y {
            Type::Dyn => return Ok(Type::Bool),
            Type::List(of) if x.can_equal(of) => return Ok(Type::Bool),
            Type::List(of) => format!("{} is never in a list of {}", x.name(), plural(of)),
            // Keys of a literal can be numbers.
            Type::Map(_) if matches!(b.expr, Expr::Map(_)) => return Ok(Type::Bool),
            Type::Map(_) if matches!(x, Type::Text | Type::Dyn) => return Ok(Type::Bool),
            Type::Map(_) => format!("{} is never a key of a map", x.name()),
            other => {
                let fault =
                    self.fault(b, format!("`in` needs a list or a map, not {}", other.name()));
                return Err(match other {
                    Type::Text => fault.help("write `TEXT.contains(\"part\")`"),
                    _ => fault,
                });
            }
        };
        Err(self.fault(expr, message))
    }

    fn index(&mut self, expr: &IdedExpr, a: &IdedExpr, b: &IdedExpr) -> Result<Type, Fault> {
        let (x, y) = (self.value(a)?, self.value(b)?);
        match (x, &y) {
            (Type::Dyn, Type::Dyn | Type::Int | Type::Uint | Type::Text) => Ok(Type::Dyn),
            (Type::List(of), Type::Dyn | Type::Int | Type::Uint) => Ok(*of),
            (Type::Map(of), Type::Dyn | Type::Text) => Ok(*of),
            (Type::Map(of), _) if matches!(a.expr, Expr::Map(_)) => Ok(*of),
            (x @ (Type::Dyn | Type::List(_) | Type::Map(_)), _) => {
                let message = format!("{} is no index into {}", y.name(), x.name());
                Err(self.fault(b, message))
            }
            (x, _) => Err(self.fault(expr, format!("{} has no elements", x.name()))),
        }
    }

    fn comprehension(&mut self, expr: &IdedExpr, loop_: &ComprehensionExpr) -> Result<Type, Fault> {
        let element = match self.value(&loop_.iter_range)? {
            Type::Dyn => Type::Dyn,
            Type::List(of) => *of,
            Type::Map(_) => Type::Text,
            other => {
                let message = format!("a list or a map is needed here, not {}", other.name());
                return Err(self.fault(&loop_.iter_range, message));
            }
        };
        let taken = ["resource", "scope", "environment", "now"];
        if taken.contains(&loop_.iter_var.as_str()) {
            let message = format!("`{}` is taken: give the element another name", loop_.iter_var);
            return Err(Fault::new(self.own(expr), message));
        }
        self.loops += 1;
        if self.loops > MAX_LOOPS {
            let message = format!("more than {MAX_LOOPS} loops stand in each other");
            return Err(self.fault(expr, message).help("take it apart into several rules"));
        }
        self.bound.push((loop_.iter_var.clone(), element.clone()));
        let result = self.step(loop_, element);
        self.bound.pop();
        self.loops -= 1;
        result
    }

    /// The step of a comprehension, in the few forms that the parser gives it.
    fn step(&mut self, loop_: &ComprehensionExpr, element: Type) -> Result<Type, Fault> {
        let Expr::Call(step) = &loop_.loop_step.expr else {
            return Err(self.fault(&loop_.loop_step, "this loop is not known here"));
        };
        match (step.func_name.as_str(), step.args.as_slice()) {
            // all, exists
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [_, condition]) => {
                self.loop_condition(condition)?;
                Ok(Type::Bool)
            }
            // exists_one, filter, map with a condition
            (operators::CONDITIONAL, [condition, step, _]) => {
                self.loop_condition(condition)?;
                match appended(step) {
                    Some(value) if matches!(&value.expr, Expr::Ident(n) if *n == loop_.iter_var) => {
                        Ok(Type::List(Box::new(element)))
                    }
                    Some(value) => Ok(Type::List(Box::new(self.value(value)?))),
                    None => Ok(Type::Bool),
                }
            }
            // map
            _ => match appended(&loop_.loop_step) {
                Some(value) => Ok(Type::List(Box::new(self.value(value)?))),
                None => Err(self.fault(&loop_.loop_step, "this loop is not known here")),
            },
        }
    }

    fn loop_condition(&mut self, expr: &IdedExpr) -> Result<(), Fault> {
        match self.value(expr)? {
            Type::Bool | Type::Dyn => Ok(()),
            other => {
                let message = format!("the condition must be true or false, not {}", other.name());
                Err(self.fault(expr, message))
            }
        }
    }
}

/// The value that a step adds to its list: `@result + [value]`.
fn appended(step: &IdedExpr) -> Option<&IdedExpr> {
    let Expr::Call(call) = &step.expr else { return None };
    match call.args.get(1).map(|list| &list.expr) {
        Some(Expr::List(list)) => list.elements.first(),
        _ => None,
    }
}

fn plural(of: &Type) -> &'static str {
    match of {
        Type::Text => "texts",
        Type::Int | Type::Uint | Type::Double => "numbers",
        Type::Bool => "truth values",
        Type::List(_) => "lists",
        Type::Map(_) => "maps",
        _ => "such values",
    }
}

/// Tags are text, which is what most often is forgotten.
fn compared_help(fault: Fault, x: &Type, y: &Type) -> Fault {
    match (x, y) {
        (Type::Text, y) | (y, Type::Text) if y.is_number() => {
            fault.help("write the number in quotes, or make a number of the text: `int(x)`")
        }
        (Type::Text, Type::Bool) | (Type::Bool, Type::Text) => {
            fault.help("write \"true\" or \"false\" in quotes")
        }
        (Type::Text, Type::Time) | (Type::Time, Type::Text) => {
            fault.help("make a time of the text: `timestamp(\"2026-01-31T00:00:00Z\")`")
        }
        (Type::Text, Type::Duration) | (Type::Duration, Type::Text) => {
            fault.help("make a duration of the text: `duration(\"72h\")`")
        }
        (Type::Text, Type::Null) | (Type::Null, Type::Text) => {
            fault.help("what is not there is the empty text: `== \"\"`, or ask `has(...)`")
        }
        (Type::Time, Type::Duration) | (Type::Duration, Type::Time) => {
            fault.help("`now - resource.created_at` is a duration")
        }
        _ => fault,
    }
}
