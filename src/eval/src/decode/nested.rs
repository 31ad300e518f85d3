//! The blocks of one type to a list, set, map or object.

use groma_diag::{Diagnostic, Diagnostics, Span};
use groma_lang::eval::{Scope, describe_range};
use groma_lang::syntax::{Block, Body};
use groma_provider_api::Nesting;
use groma_value::{Fields, Str, Type, Value};

use super::body::Inside;
use super::spec::{BlocksSpec, Spec};

/// A block as it is written, or as a `dynamic` block makes it.
pub(super) struct Occurrence<'a> {
    pub(super) body: &'a Body,
    /// The label, where the type has one.
    pub(super) label: Option<Str>,
    /// Where its header is.
    pub(super) place: Span,
    pub(super) scope: &'a dyn Scope,
    pub(super) inside: Inside,
}

impl<'a> Occurrence<'a> {
    /// A block as it is written. The marks of a `for_each` around it are not its own.
    pub(super) fn of(block: &'a Block, scope: &'a dyn Scope, inside: Inside) -> Self {
        let inside = Inside { marks: groma_value::Marks::NONE, ..inside };
        let label = block.labels.first().map(|label| label.text.clone());
        Self { body: &block.body, label, place: block.def_span, scope, inside }
    }
}

/// The blocks of one type so far.
#[derive(Default)]
pub(super) struct Gathered {
    blocks: Vec<Decoded>,
    /// Whether there may be any number of them.
    unknown: bool,
}

struct Decoded {
    label: Option<Str>,
    value: Value,
    /// Where the header is.
    place: Span,
    /// Where the content starts.
    content: Span,
}

impl Gathered {
    /// Adds a block that stands for an object of an argument.
    pub(super) fn add_object(
        &mut self,
        spec: &Spec,
        occurrence: &Occurrence<'_>,
        diags: &mut Diagnostics,
    ) {
        let Occurrence { body, scope, inside, place, .. } = *occurrence;
        let value = spec.decode_body(body, scope, inside, diags);
        let content = body.missing_item_span();
        self.blocks.push(Decoded { label: None, value, place, content });
    }

    pub(super) fn into_values(self) -> Vec<Value> {
        self.blocks.into_iter().map(|block| block.value).collect()
    }

    pub(super) fn add(
        &mut self,
        name: &str,
        spec: &BlocksSpec,
        occurrence: &Occurrence<'_>,
        diags: &mut Diagnostics,
    ) {
        let earlier = match spec.nesting {
            Nesting::Single | Nesting::Group => self.blocks.first(),
            Nesting::Map => self.blocks.iter().find(|block| block.label == occurrence.label),
            Nesting::List | Nesting::Set => None,
        };
        if let Some(earlier) = earlier {
            diags.push(duplicate(name, earlier, occurrence));
            return;
        }
        let Occurrence { body, scope, inside, place, .. } = *occurrence;
        let value = spec.spec.decode_body(body, scope, inside, diags);
        self.unknown |= inside.unknown;
        let (label, content) = (occurrence.label.clone(), body.missing_item_span());
        self.blocks.push(Decoded { label, value, place, content });
    }

    /// The value of all the blocks. `missing` is where one that is missing would belong.
    pub(super) fn finish(
        self,
        name: &str,
        spec: &BlocksSpec,
        missing: Span,
        diags: &mut Diagnostics,
    ) -> Value {
        let single = matches!(spec.nesting, Nesting::Single | Nesting::Group);
        if self.unknown && !single {
            return Value::unknown(spec.ty.clone());
        }
        if single {
            if self.blocks.is_empty() && spec.min_items == 1 {
                let detail = format!("A block of type {name:?} is required here.");
                diags.push(Diagnostic::error(format!("Missing {name} block"), detail).at(missing));
            }
        } else if !matches!(spec.nesting, Nesting::Map) {
            diags.extend(self.miscount(name, spec, missing));
        }
        if self.blocks.is_empty() {
            return spec.none();
        }
        let element = || spec.spec.ty.clone();
        match spec.nesting {
            Nesting::Single | Nesting::Group => {
                self.into_values().into_iter().next().unwrap_or_else(|| spec.none())
            }
            Nesting::List if spec.ty == Type::Dynamic => Value::tuple(self.into_values()),
            Nesting::List => Value::list(element(), self.into_values()),
            Nesting::Set => Value::set(element(), self.into_values()),
            Nesting::Map => {
                let entries = self.blocks.into_iter();
                let entries: Fields = entries
                    .filter_map(|block| block.label.map(|label| (label, block.value)))
                    .collect();
                if spec.ty == Type::Dynamic {
                    Value::object(entries)
                } else {
                    Value::map(element(), entries)
                }
            }
        }
    }

    /// Why there are too few or too many blocks.
    fn miscount(&self, name: &str, spec: &BlocksSpec, missing: Span) -> Option<Diagnostic> {
        let (min, max) = (spec.min_items, spec.max_items);
        if (self.blocks.len() as u64) < min {
            let detail = format!("At least {min} {name:?} blocks are required.");
            return Some(
                Diagnostic::error(format!("Insufficient {name} blocks"), detail).at(missing),
            );
        }
        let limit = usize::try_from(max).ok().filter(|max| *max > 0)?;
        let first_extra = self.blocks.get(limit)?;
        let detail = format!("No more than {max} {name:?} blocks are allowed");
        Some(Diagnostic::error(format!("Too many {name} blocks"), detail).at(first_extra.content))
    }
}

fn duplicate(name: &str, earlier: &Decoded, occurrence: &Occurrence<'_>) -> Diagnostic {
    let detail = if let Some(label) = &occurrence.label {
        format!(
            "A block for {name} {label:?} was already defined. The {name} labels must be unique."
        )
    } else {
        let sources = occurrence.scope.sources();
        let previous = sources.and_then(|sources| describe_range(sources, earlier.place));
        let previous = previous
            .map_or_else(String::new, |place| format!(" Previous definition was at {place}."));
        format!("Only one block of type {name:?} is allowed.{previous}")
    };
    Diagnostic::error(format!("Duplicate {name} block"), detail).at(occurrence.place)
}
