//! Reading YAML: from events to values.

use std::collections::HashMap;

use groma_value::{Fields, Str, Type, Value, convert};

use super::parser::Parser;
use super::scalar::resolve;
use super::token::{Event, EventData, Mark, SyntaxError};

const MAP_TAG: &str = "tag:yaml.org,2002:map";
const SEQ_TAG: &str = "tag:yaml.org,2002:seq";

/// Deeper nesting is refused.
const DEEPEST: usize = 1000;

/// The value of the only document in `text`, or what is wrong.
pub(super) fn read(text: &str) -> Result<Value, String> {
    // As in go-cty-yaml, there is a line at least.
    let text = if text.is_empty() { "\n" } else { text };
    let parser = Parser::new(text).map_err(|error| syntax_error(&error))?;
    let mut reader = Reader { parser, open: Vec::new(), anchors: HashMap::new() };
    reader.document()
}

/// Puts the place before a message, as go-cty-yaml does: not for the first line.
fn at(mark: Mark, line: usize, message: &str) -> String {
    if mark.line == 0 {
        return message.to_owned();
    }
    format!("on line {line}, column {}: {message}", mark.column + 1)
}

fn syntax_error(error: &SyntaxError) -> String {
    if error.at.line != 0 && error.lexical {
        at(Mark { column: 0, ..error.at }, error.at.line + 1, error.problem)
    } else if error.at.line != 0 {
        at(error.at, error.at.line, error.problem)
    } else {
        at(error.context, error.context.line, error.problem)
    }
}

fn event_error(event: &Event, message: &str) -> String {
    at(event.start, event.start.line, message)
}

/// What an anchor stands for.
enum Anchor {
    /// It is still being read.
    Open,
    Done(Value),
}

/// A collection that is being read.
enum Collection {
    Sequence(Vec<Value>),
    Mapping { entries: Vec<(Str, Value)>, key: Option<Key> },
}

/// A key whose value comes next.
struct Key {
    name: Str,
    /// Whether the value's entries are put in instead of it: `<<` without a tag.
    merges: bool,
    at: Mark,
}

struct Open {
    collection: Collection,
    anchor: Option<String>,
}

struct Reader {
    parser: Parser,
    open: Vec<Open>,
    anchors: HashMap<String, Anchor>,
}

impl Reader {
    fn next(&mut self) -> Result<Event, String> {
        self.parser.next().map_err(|error| syntax_error(&error))
    }

    fn document(&mut self) -> Result<Value, String> {
        let start = self.next()?;
        if !matches!(start.data, EventData::StreamStart) {
            return Err(event_error(&start, "missing stream start token"));
        }
        let start = self.next()?;
        if !matches!(start.data, EventData::DocumentStart) {
            return Err(event_error(&start, "missing start of document"));
        }
        let value = self.node()?;
        let end = self.next()?;
        if !matches!(end.data, EventData::DocumentEnd) {
            return Err(event_error(&end, "unexpected extra content after value"));
        }
        let end = self.next()?;
        if !matches!(end.data, EventData::StreamEnd) {
            return Err(event_error(&end, "unexpected extra content after value"));
        }
        Ok(value)
    }

    /// One value with all that is in it.
    fn node(&mut self) -> Result<Value, String> {
        loop {
            let event = self.next()?;
            let value = match &event.data {
                EventData::SequenceStart { anchor, tag } => {
                    check_tag(&event, tag, SEQ_TAG, "sequence")?;
                    self.begin(&event, anchor.clone(), Collection::Sequence(Vec::new()))?;
                    continue;
                }
                EventData::MappingStart { anchor, tag } => {
                    check_tag(&event, tag, MAP_TAG, "mapping")?;
                    let mapping = Collection::Mapping { entries: Vec::new(), key: None };
                    self.begin(&event, anchor.clone(), mapping)?;
                    continue;
                }
                EventData::SequenceEnd | EventData::MappingEnd => self.end(&event)?,
                EventData::Scalar { anchor, tag, text, style } => {
                    let value = resolve(tag, text, *style).map_err(|message| {
                        // go-cty-yaml does not say where a key is.
                        if self.expects_key() { message } else { event_error(&event, &message) }
                    })?;
                    if let Some(anchor) = anchor {
                        self.anchors.insert(anchor.clone(), Anchor::Done(value.clone()));
                    }
                    value
                }
                EventData::Alias(anchor) => self.alias(&event, anchor)?,
                EventData::DocumentStart => {
                    return Err(event_error(&event, "only a single document is allowed"));
                }
                _ => {
                    let message = "expecting value but found end of stream";
                    return Err(event_error(&event, message));
                }
            };
            if let Some(value) = self.add(&event, value)? {
                return Ok(value);
            }
        }
    }

    /// Whether the next node is the key of a mapping.
    fn expects_key(&self) -> bool {
        let innermost = self.open.last().map(|open| &open.collection);
        matches!(innermost, Some(Collection::Mapping { key: None, .. }))
    }

    fn begin(
        &mut self,
        event: &Event,
        anchor: Option<String>,
        collection: Collection,
    ) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err(event_error(event, &format!("exceeded max depth of {DEEPEST}")));
        }
        if self.expects_key() {
            return Err(event_error(event, "only strings are allowed as mapping keys"));
        }
        if let Some(anchor) = &anchor {
            self.anchors.insert(anchor.clone(), Anchor::Open);
        }
        self.open.push(Open { collection, anchor });
        Ok(())
    }

    fn end(&mut self, event: &Event) -> Result<Value, String> {
        let Some(Open { collection, anchor }) = self.open.pop() else {
            return Err(event_error(event, "unexpected end of a collection"));
        };
        let value = match collection {
            Collection::Sequence(items) => Value::tuple(items),
            Collection::Mapping { entries, .. } => Value::object(entries),
        };
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Anchor::Done(value.clone()));
        }
        Ok(value)
    }

    fn alias(&self, event: &Event, anchor: &str) -> Result<Value, String> {
        if self.expects_key() {
            return Err(event_error(event, "only strings are allowed as mapping keys"));
        }
        match self.anchors.get(anchor) {
            Some(Anchor::Done(value)) => Ok(value.clone()),
            Some(Anchor::Open) => Err(event_error(
                event,
                &format!("cannot refer to anchor {anchor:?} from inside its own definition"),
            )),
            None => Err(event_error(event, &format!("reference to undefined anchor {anchor:?}"))),
        }
    }

    /// Adds a value to the innermost open collection, or gives it back if none is open.
    fn add(&mut self, event: &Event, value: Value) -> Result<Option<Value>, String> {
        match self.open.last_mut().map(|open| &mut open.collection) {
            None => return Ok(Some(value)),
            Some(Collection::Sequence(items)) => items.push(value),
            Some(Collection::Mapping { entries, key }) => match key.take() {
                None => *key = Some(mapping_key(event, &value)?),
                Some(Key { merges: true, at: place, .. }) => {
                    let Some(fields) = value.as_fields() else {
                        let what = value.ty().friendly_name();
                        let message = format!("cannot merge {what} into mapping");
                        return Err(at(place, place.line, &message));
                    };
                    let merged = Fields::iter(fields);
                    entries.extend(merged.map(|(name, value)| (name.clone(), value.clone())));
                }
                Some(key) => entries.push((key.name, value)),
            },
        }
        Ok(None)
    }
}

fn mapping_key(event: &Event, value: &Value) -> Result<Key, String> {
    let text = convert(value, &Type::String)
        .map_err(|_| event_error(event, "only strings are allowed as mapping keys"))?;
    let name = text.as_str().ok_or_else(|| event_error(event, "mapping key cannot be null"))?;
    let tagged = !matches!(&event.data, EventData::Scalar { tag, .. } if tag.is_empty());
    let merges = !tagged && name.as_str() == "<<";
    Ok(Key { name: name.clone(), merges, at: event.start })
}

fn check_tag(event: &Event, tag: &str, wanted: &str, what: &str) -> Result<(), String> {
    if tag.is_empty() || tag == wanted {
        return Ok(());
    }
    Err(event_error(event, &format!("can't interpret {what} as {tag}")))
}
