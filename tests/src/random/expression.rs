//! Random expressions over what is in reach. Every expression has one of four types, so that
//! what is put together is valid whatever the values are.

use super::dice::Dice;

/// What an expression gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    /// Text.
    Text,
    /// A number; small, and whole or with a short fraction.
    Number,
    /// A truth value.
    Bool,
    /// A list or tuple of text.
    Texts,
}

/// References that can be made at some place, by type. Identifiers of objects, which differ from
/// run to run, are among the texts: nothing here takes them apart or puts them in an order.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    known: Vec<(Ty, String)>,
}

impl Reach {
    /// One more reference.
    pub fn add(&mut self, ty: Ty, reference: impl Into<String>) {
        self.known.push((ty, reference.into()));
    }

    fn of(&self, ty: Ty) -> Vec<&str> {
        self.known.iter().filter(|(t, _)| *t == ty).map(|(_, r)| r.as_str()).collect()
    }

    /// An expression of type `ty`, at most `depth` deep.
    pub fn expression(&self, dice: &mut Dice, ty: Ty, depth: usize) -> String {
        let references = self.of(ty);
        if !references.is_empty() && dice.chance(if depth == 0 { 70 } else { 30 }) {
            return (*dice.pick(&references)).to_owned();
        }
        if depth == 0 {
            return literal(dice, ty);
        }
        match ty {
            Ty::Text => self.text(dice, depth - 1),
            Ty::Number => self.number(dice, depth - 1),
            Ty::Bool => self.boolean(dice, depth - 1),
            Ty::Texts => self.texts(dice, depth - 1),
        }
    }

    fn text(&self, dice: &mut Dice, depth: usize) -> String {
        let mut of = |ty| self.expression(dice, ty, depth);
        let (a, b) = (of(Ty::Text), of(Ty::Text));
        let (list, number, truth) = (of(Ty::Texts), of(Ty::Number), of(Ty::Bool));
        match dice.below(12) {
            0 => format!("\"${{{a}}}-${{{b}}}\""),
            1 => format!("\"n${{{number}}}\""),
            2 => format!("({truth} ? {a} : {b})"),
            3 => format!("join(\"/\", {list})"),
            4 => format!("try({list}[0], {a})"),
            5 => format!("coalesce({a}, \"none\")"),
            6 => format!("jsonencode({{ k = {list}, n = {number} }})"),
            7 => format!("\"%{{ if {truth} }}yes%{{ else }}no%{{ endif }}\""),
            8 => format!("\"%{{ for x in {list} }}<${{x}}>%{{ endfor }}\""),
            9 => format!("tostring({number})"),
            10 => format!("lookup({{ a = {a}, b = {b} }}, \"b\", \"d\")"),
            _ => format!("format(\"%s:%v\", {a}, {truth})"),
        }
    }

    fn number(&self, dice: &mut Dice, depth: usize) -> String {
        let mut of = |ty| self.expression(dice, ty, depth);
        let (a, b) = (of(Ty::Number), of(Ty::Number));
        let (list, truth, text) = (of(Ty::Texts), of(Ty::Bool), of(Ty::Text));
        match dice.below(8) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} * 2 - {b})"),
            2 => format!("length({list})"),
            3 => format!("({truth} ? {a} : {b})"),
            4 => format!("max({a}, {b}, 1)"),
            5 => format!("length({{ a = {a}, b = {text} }})"),
            6 => format!("sum([{a}, {b}, 0.5])"),
            _ => format!("abs({a})"),
        }
    }

    fn boolean(&self, dice: &mut Dice, depth: usize) -> String {
        let mut of = |ty| self.expression(dice, ty, depth);
        let (a, b) = (of(Ty::Bool), of(Ty::Bool));
        let (text, other, number) = (of(Ty::Text), of(Ty::Text), of(Ty::Number));
        let list = of(Ty::Texts);
        match dice.below(8) {
            0 => format!("({a} && {b})"),
            1 => format!("({a} || {b})"),
            2 => format!("!{a}"),
            3 => format!("({text} == {other})"),
            4 => format!("({number} > 2)"),
            5 => format!("({text} == null)"),
            6 => format!("contains({list}, \"a\")"),
            _ => format!("can({list}[7])"),
        }
    }

    fn texts(&self, dice: &mut Dice, depth: usize) -> String {
        let mut of = |ty| self.expression(dice, ty, depth);
        let (a, b) = (of(Ty::Text), of(Ty::Text));
        let (list, number, truth) = (of(Ty::Texts), of(Ty::Number), of(Ty::Bool));
        match dice.below(9) {
            0 => format!("[{a}, {b}]"),
            1 => format!("concat({list}, [{a}])"),
            2 => format!("[for x in {list} : \"${{x}}!\"]"),
            3 => format!("[for i, x in {list} : x if i < 2]"),
            4 => format!("({truth} ? tolist([{a}]) : tolist([{b}, \"z\"]))"),
            5 => format!("flatten([{list}, [{a}]])"),
            6 => format!("compact([{a}, \"\", {b}])"),
            7 => format!("[for n in [1, {number}] : tostring(n)]"),
            _ => format!("tolist([{a}, \"c\"])"),
        }
    }

    /// Any value, nested, with texts at its leaves.
    pub fn any(&self, dice: &mut Dice) -> String {
        let ty = *dice.pick(&[Ty::Text, Ty::Number, Ty::Bool, Ty::Texts, Ty::Text]);
        let one = self.expression(dice, ty, 2);
        match dice.below(6) {
            0 => format!("{{ x = {one}, y = {} }}", self.expression(dice, Ty::Text, 1)),
            1 => format!("[{one}, {{ deep = {} }}]", self.expression(dice, Ty::Texts, 1)),
            2 => "null".to_owned(),
            _ => one,
        }
    }
}

/// A constant of type `ty`.
pub fn literal(dice: &mut Dice, ty: Ty) -> String {
    let choices: &[&str] = match ty {
        Ty::Text => &["\"a\"", "\"b c\"", "\"ü\"", "\"\"", "\"10\"", "\"<&>\"", "\"x\\ny\""],
        Ty::Number => &["0", "1", "2", "3", "2.5", "-1", "10"],
        Ty::Bool => &["true", "false"],
        Ty::Texts => &["[\"a\", \"b\"]", "[]", "[\"c\"]", "tolist([\"a\", \"b\", \"a\"])"],
    };
    (*dice.pick(choices)).to_owned()
}

/// What a reference to a resource's `output` can be relied on to be: a text, whatever it is.
pub fn as_text(reference: &str) -> String {
    format!("try(tostring({reference}), \"complex\")")
}
