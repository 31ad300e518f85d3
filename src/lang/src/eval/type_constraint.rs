//! Type constraints: `list(object({ a = string, b = optional(number, 3) }))`.

use std::collections::BTreeMap;

use groma_diag::{Diagnostic, Diagnostics, Span};
use groma_value::{Attribute, Defaults, Str, Type, convert};

use super::evaluator::evaluate;
use super::scope::NoScope;
use crate::syntax::{Expr, ExprKind, StaticCall};

/// What a type constraint says.
#[derive(Clone, Debug)]
pub struct TypeConstraint {
    /// The type, in which [`Type::Dynamic`] stands for `any`.
    pub ty: Type,
    /// The defaults of its optional attributes, if any has one.
    pub defaults: Option<Defaults>,
}

/// Reads the `type` of a variable: a type constraint, `list` or `map` alone for those of `any`,
/// and an explanation for the quoted keywords of Terraform 0.11. What is wrong in it is
/// [`Type::Dynamic`].
pub fn type_constraint(expr: &Expr) -> (TypeConstraint, Diagnostics) {
    let mut diags = Diagnostics::new();
    let quoted_text = match expr.kind() {
        ExprKind::Template(_) => true,
        ExprKind::Literal(value) => value.as_str().is_some(),
        _ => false,
    };
    if quoted_text {
        diags.push(quoted(expr));
        return (TypeConstraint::of(Type::Dynamic), diags);
    }
    let constraint = match expr.as_keyword().as_deref() {
        Some("list") => TypeConstraint::of(Type::list(Type::Dynamic)),
        Some("map") => TypeConstraint::of(Type::map(Type::Dynamic)),
        _ => Reader { constraint: true, diags: &mut diags }.read(expr),
    };
    (constraint, diags)
}

/// Reads a type that must be exact: no `any`, no optional attributes.
pub fn exact_type(expr: &Expr) -> (Type, Diagnostics) {
    let mut diags = Diagnostics::new();
    let constraint = Reader { constraint: false, diags: &mut diags }.read(expr);
    (constraint.ty, diags)
}

impl TypeConstraint {
    const fn of(ty: Type) -> Self {
        Self { ty, defaults: None }
    }
}

const INVALID: &str = "Invalid type specification";
const ELEMENT: &str = "requires one argument specifying the element type.";
const OBJECT: &str = "The object type constructor requires one argument specifying the attribute \
    types and values as a map.";
const TUPLE: &str = "The tuple type constructor requires one argument specifying the element \
    types as a list.";

struct Reader<'d> {
    /// Whether `any` and `optional` are allowed.
    constraint: bool,
    diags: &'d mut Diagnostics,
}

impl Reader<'_> {
    fn read(&mut self, expr: &Expr) -> TypeConstraint {
        if let Some(keyword) = expr.as_keyword() {
            return TypeConstraint::of(self.keyword(&keyword, expr.span()));
        }
        match expr.as_call() {
            Ok(call) => self.call(expr, &call),
            Err(_) => self.wrong(
                "A type specification is either a primitive type keyword (bool, number, string) \
                 or a complex type constructor call, like list(string).",
                expr.span(),
            ),
        }
    }

    fn wrong(&mut self, detail: impl Into<String>, place: Span) -> TypeConstraint {
        self.diags.push(Diagnostic::error(INVALID, detail).at(place));
        TypeConstraint::of(Type::Dynamic)
    }

    fn wrong_within(&mut self, detail: impl Into<String>, place: Span, context: Span) {
        self.diags.push(Diagnostic::error(INVALID, detail).at(place).within(context));
    }

    fn keyword(&mut self, keyword: &str, place: Span) -> Type {
        let detail = match keyword {
            "bool" => return Type::Bool,
            "string" => return Type::String,
            "number" => return Type::Number,
            "any" if self.constraint => return Type::Dynamic,
            "any" => "The keyword \"any\" cannot be used in this type specification: an exact \
                      type is required."
                .to_owned(),
            "list" | "map" | "set" => format!("The {keyword} type constructor {ELEMENT}"),
            "object" => OBJECT.to_owned(),
            "tuple" => TUPLE.to_owned(),
            _ => format!("The keyword {keyword:?} is not a valid type specification."),
        };
        self.wrong(detail, place).ty
    }

    fn call(&mut self, expr: &Expr, call: &StaticCall) -> TypeConstraint {
        let name = call.name.as_str();
        let wrong_count = match name {
            "bool" | "string" | "number" => {
                let detail = format!("Primitive type keyword {name:?} does not expect arguments.");
                return self.wrong(detail, call.args_span);
            }
            "any" => {
                let detail = format!("Type constraint keyword {name:?} does not expect arguments.");
                return self.wrong(detail, call.args_span);
            }
            "optional" => {
                let detail = format!(
                    "Keyword {name:?} is valid only as a modifier for object type attributes."
                );
                return self.wrong(detail, call.name_span);
            }
            "list" | "set" | "map" => format!("The {name} type constructor {ELEMENT}"),
            "object" => OBJECT.to_owned(),
            "tuple" => TUPLE.to_owned(),
            _ => {
                let detail = format!("Keyword {name:?} is not a valid type constructor.");
                return self.wrong(detail, expr.span());
            }
        };
        let [argument] = &*call.args else {
            let place = match &*call.args {
                [_, second, .., last] => second.span().to(last.span()),
                [_, second] => second.span(),
                _ => call.args_span,
            };
            self.wrong_within(wrong_count, place, call.args_span);
            return TypeConstraint::of(Type::Dynamic);
        };
        match name {
            "list" => self.collection(argument, Type::list),
            "set" => self.collection(argument, Type::set),
            "map" => self.collection(argument, Type::map),
            "object" => self.object(expr, argument),
            _ => self.tuple(expr, argument),
        }
    }

    fn collection(&mut self, element: &Expr, of: impl FnOnce(Type) -> Type) -> TypeConstraint {
        let element = self.read(element);
        let ty = of(element.ty);
        let children = element.defaults.map(|defaults| (Str::new(""), defaults));
        let defaults = defaults(&ty, BTreeMap::new(), children.into_iter().collect());
        TypeConstraint { ty, defaults }
    }

    fn tuple(&mut self, expr: &Expr, argument: &Expr) -> TypeConstraint {
        let Ok(elements) = argument.as_literal_list() else {
            let detail = "Tuple type constructor requires a list of element types.";
            self.wrong_within(detail, argument.span(), expr.span());
            return TypeConstraint::of(Type::Dynamic);
        };
        let mut types = Vec::with_capacity(elements.len());
        let mut children = BTreeMap::new();
        for (index, element) in elements.iter().enumerate() {
            let element = self.read(element);
            types.push(element.ty);
            if let Some(defaults) = element.defaults {
                children.insert(Str::from(index.to_string()), defaults);
            }
        }
        let ty = Type::tuple(types);
        let defaults = defaults(&ty, BTreeMap::new(), children);
        TypeConstraint { ty, defaults }
    }

    fn object(&mut self, expr: &Expr, argument: &Expr) -> TypeConstraint {
        let Ok(items) = argument.as_map_items() else {
            let detail = "Object type constructor requires a map whose keys are attribute names \
                          and whose values are the corresponding attribute types.";
            self.wrong_within(detail, argument.span(), expr.span());
            return TypeConstraint::of(Type::Dynamic);
        };
        let mut attributes = BTreeMap::new();
        let mut values = BTreeMap::new();
        let mut children = BTreeMap::new();
        for (key, value) in &items {
            let Some(name) = key.as_keyword() else {
                let detail = "Object constructor map keys must be attribute names.";
                self.wrong_within(detail, key.span(), expr.span());
                continue;
            };
            let Some(optional) = self.modifier(value) else { continue };
            let ty_expr = optional.as_ref().map_or(value, |optional| &optional.ty);
            let attribute = self.read(ty_expr);
            if let Some(default) = optional.as_ref().and_then(|optional| optional.default.as_ref())
                && let Some(default) = self.default_value(default, &attribute.ty)
            {
                values.insert(name.clone(), default);
            }
            if let Some(defaults) = attribute.defaults {
                children.insert(name.clone(), defaults);
            }
            attributes.insert(name, Attribute { ty: attribute.ty, optional: optional.is_some() });
        }
        let ty = Type::object_with(attributes);
        let defaults = defaults(&ty, values, children);
        TypeConstraint { ty, defaults }
    }

    /// Reads `optional(type, default)`: `Some(None)` if it is none, `None` if it lacks the type.
    #[expect(clippy::option_option, reason = "absent is not the same as wrong")]
    fn modifier(&mut self, expr: &Expr) -> Option<Option<OptionalAttribute>> {
        let Some(call) = expr.as_call().ok().filter(|call| call.name == "optional") else {
            return Some(None);
        };
        let Some(ty) = call.args.first() else {
            let detail = "Optional attribute modifier requires the attribute type as its argument.";
            self.wrong_within(detail, call.args_span, expr.span());
            return None;
        };
        if !self.constraint {
            let detail =
                "Optional attribute modifier is only for type constraints, not for exact types.";
            self.wrong_within(detail, call.name_span, expr.span());
        } else if call.args.len() > 2 {
            let detail = "Optional attribute modifier expects at most two arguments: the \
                          attribute type, and a default value.";
            self.wrong_within(detail, call.args_span, expr.span());
        }
        Some(Some(OptionalAttribute { ty: ty.clone(), default: call.args.get(1).cloned() }))
    }

    fn default_value(&mut self, expr: &Expr, ty: &Type) -> Option<groma_value::Value> {
        let (value, diags) = evaluate(expr, &NoScope);
        let failed = diags.has_errors();
        self.diags.extend(diags);
        if failed {
            return None;
        }
        convert(&value, ty)
            .map_err(|error| {
                self.diags.push(
                    Diagnostic::error(
                        "Invalid default value for optional attribute",
                        format!(
                            "This default value is not compatible with the attribute's type \
                             constraint: {error}."
                        ),
                    )
                    .at(expr.span()),
                );
            })
            .ok()
    }
}

struct OptionalAttribute {
    ty: Expr,
    default: Option<Expr>,
}

fn defaults(
    ty: &Type,
    values: BTreeMap<Str, groma_value::Value>,
    children: BTreeMap<Str, Defaults>,
) -> Option<Defaults> {
    let any = !values.is_empty() || !children.is_empty();
    any.then(|| Defaults { ty: ty.clone(), values, children })
}

/// Explains a type in quotes, as Terraform 0.11 had it.
fn quoted(expr: &Expr) -> Diagnostic {
    const LEGACY: &str = "Terraform 0.11 and earlier required type constraints to be given in \
        quotes, but that form is now deprecated and will be removed in a future version of \
        Terraform. ";
    let (text, _) = evaluate(expr, &NoScope);
    let advice = match text.as_str().map(Str::as_str) {
        Some("string") => "Remove the quotes around \"string\".",
        Some("list") => {
            "Remove the quotes around \"list\" and write list(string) instead to explicitly \
             indicate that the list elements are strings."
        }
        Some("map") => {
            "Remove the quotes around \"map\" and write map(string) instead to explicitly \
             indicate that the map elements are strings."
        }
        _ => {
            return Diagnostic::error(
                "Invalid legacy variable type hint",
                "To provide a full type expression, remove the surrounding quotes and give the \
                 type expression directly.",
            )
            .at(expr.span());
        }
    };
    Diagnostic::error("Invalid quoted type constraints", format!("{LEGACY}{advice}"))
        .at(expr.span())
}
