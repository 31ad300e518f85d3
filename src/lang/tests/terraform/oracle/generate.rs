//! Random configurations: valid ones by grammar, with space and comments wherever they may be,
//! and broken ones made from them.

use super::random::Random;

const NAMES: &[&str] = &[
    "a", "bb", "ccc", "for_each", "if", "in", "é", "x-y", "type", "list", "variable", "null",
    "true",
];
const OPERATORS: &[&str] = &["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"];

/// Writes one text.
pub struct Writer<'r> {
    random: &'r mut Random,
    out: String,
    /// Whether line ends are insignificant here.
    free: bool,
}

/// A random file, as a rule a valid one.
pub fn file(random: &mut Random) -> Vec<u8> {
    let mut writer = Writer { random, out: String::new(), free: false };
    if writer.random.one_in(20) {
        writer.out.push('\u{feff}');
    }
    writer.body(0);
    let mut out = writer.out;
    if random.one_in(10) {
        out = out.replace('\n', "\r\n");
    }
    if random.one_in(10) {
        out.truncate(out.trim_end().len());
    }
    out.into_bytes()
}

/// The text with one or a few small changes.
pub fn mutate(random: &mut Random, text: &[u8]) -> Vec<u8> {
    const PIECES: &[&str] = &[
        "\n",
        " ",
        "\t",
        "\"",
        "${",
        "%{",
        "}",
        "{",
        "[",
        "]",
        "(",
        ")",
        "=",
        "==",
        "=>",
        ",",
        ".",
        "...",
        "*",
        "-",
        "!",
        "?",
        ":",
        "::",
        "#",
        "//",
        "/*",
        "*/",
        "<<EOT\n",
        "<<-EOT\n",
        "EOT\n",
        "~",
        "~}",
        "$",
        "%",
        "$${",
        "\\",
        "\\n",
        "'",
        "`",
        ";",
        "&",
        "|",
        "^",
        "\r",
        "0",
        "1.5",
        "1e",
        ".0.1",
        "for ",
        " in ",
        " if ",
        "else",
        "endif",
        "endfor",
        "a",
        "é",
        "\u{300}",
        "\0",
        "\u{feff}",
        "[*]",
        ".*",
        "%{ if a }",
        "%{ endif }",
        "%{ for x in y }",
        "%{ endfor ~}",
    ];
    let mut out = text.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(out.len() + 1);
        let len = random.below(4).min(out.len() - at);
        match random.below(4) {
            0 => {
                out.drain(at..at + len);
            }
            1 => {
                let piece = random.pick(PIECES);
                out.splice(at..at, piece.bytes());
            }
            2 => {
                let piece = random.pick(PIECES);
                out.splice(at..at + len, piece.bytes());
            }
            _ => {
                let from = random.below(out.len() + 1);
                let some = out[from..(from + 12).min(out.len())].to_vec();
                out.splice(at..at, some);
            }
        }
    }
    out
}

impl Writer<'_> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Space, if any, between two tokens.
    fn gap(&mut self) {
        match self.random.below(24) {
            0..10 => {}
            18 => self.push("  "),
            19 => self.push("\t"),
            20 => self.push("/* c */"),
            21 if self.free => self.push("\n"),
            22 if self.free => self.push(" # c\n"),
            23 if self.free => self.push("\n\n   "),
            _ => self.push(" "),
        }
    }

    /// Space that keeps two words apart.
    fn space(&mut self) {
        self.push(" ");
        self.gap();
    }

    fn token(&mut self, text: &str) {
        self.gap();
        self.push(text);
    }

    fn name(&mut self) {
        let name = self.random.pick(NAMES);
        self.push(name);
    }

    fn body(&mut self, depth: usize) {
        for index in 0..self.random.below(6) {
            match self.random.below(12) {
                0 => self.push("\n"),
                1 => self.push("  # a comment\n"),
                2 => self.push("// another\n"),
                3 => self.push("/* a\n block */\n"),
                4..6 if depth < 3 => self.block(depth),
                _ => self.attribute(index),
            }
        }
    }

    fn end_line(&mut self) {
        match self.random.below(10) {
            0 => self.push(" # é comment\n"),
            1 => self.push("// c\n"),
            2 => self.push(" /* c */\n"),
            3 => self.push("  \n"),
            4 => self.push("\n\n"),
            _ => self.push("\n"),
        }
    }

    fn attribute(&mut self, index: usize) {
        self.gap_in_line();
        // Names differ, or the file would be refused for defining one twice.
        let name = ["type", "aa", "b", "ccccc", "é", "x-1"][index % 6];
        self.push(name);
        self.token("=");
        self.gap();
        if self.random.one_in(8) {
            self.heredoc();
        } else {
            self.expression(0);
            self.end_line();
        }
    }

    fn gap_in_line(&mut self) {
        let indent = self.random.pick(&["", "", " ", "  ", "\t", "      "]);
        self.push(indent);
    }

    fn block(&mut self, depth: usize) {
        self.gap_in_line();
        let ty = self.random.pick(&["variable", "resource", "x"]);
        self.push(ty);
        for _ in 0..self.random.below(3) {
            self.space();
            let label = self.random.pick(&[
                "a",
                "\"b\"",
                "\"\"",
                "\"c d\"",
                "\"\\n\\u00e9\"",
                "\"$${x}\"",
                "\"é\\u200b\\U0001F600\"",
                "\"x\\\"y\"",
                "\"\u{301}\"",
            ]);
            self.push(label);
        }
        self.space();
        self.push("{");
        match self.random.below(6) {
            0 => self.gap(),
            1 => {
                self.gap();
                self.push("aa");
                self.token("=");
                self.gap();
                self.expression(1);
                self.gap();
            }
            _ => {
                self.end_line();
                self.body(depth + 1);
                self.gap_in_line();
            }
        }
        self.push("}");
        self.end_line();
    }

    fn heredoc(&mut self) {
        let open = self.random.pick(&["<<EOT\n", "<<-EOT\n", "<<-E-T\n"]);
        self.push(open);
        for _ in 0..self.random.below(4) {
            let text = self.random.pick(&[
                "text\n",
                "   text\n",
                "\n",
                "  \n",
                "a $${b} $ % c\n",
                "\\n \" '\n",
                "  EOTs\n",
                "# no comment\n",
                "\ttab\n",
                "é\n",
            ]);
            match self.random.below(4) {
                0 => {
                    self.push("  ");
                    self.interpolation(2);
                    self.push(text);
                }
                1 => {
                    self.directive(2);
                    self.push("\n");
                }
                _ => self.push(text),
            }
        }
        let marker = if open.contains("E-T") { "E-T" } else { "EOT" };
        let indent = self.random.pick(&["", "  ", "\t"]);
        self.push(indent);
        self.push(marker);
        self.push("\n");
    }

    fn interpolation(&mut self, depth: usize) {
        let open = self.random.pick(&["${", "${", "${~"]);
        self.push(open);
        self.within_brackets(|writer| {
            writer.gap();
            writer.expression(depth + 1);
            writer.gap();
        });
        let close = self.random.pick(&["}", "}", "~}"]);
        self.push(close);
    }

    fn directive(&mut self, depth: usize) {
        let space = self.random.pick(&["", " ", "~ "]);
        let end = self.random.pick(&["}", " }", " ~}"]);
        self.push("%{");
        self.push(space);
        if self.random.one_in(2) {
            self.push("if ");
            self.within_brackets(|writer| writer.expression(depth + 1));
            self.push(end);
            self.push("yes");
            if self.random.one_in(2) {
                self.push("%{ else }no");
            }
            self.push("%{endif}");
        } else {
            self.push("for x in ");
            self.within_brackets(|writer| writer.expression(depth + 1));
            self.push(end);
            self.push("-${x}");
            self.push("%{ endfor ~}");
        }
    }

    fn within_brackets(&mut self, write: impl FnOnce(&mut Self)) {
        let free = std::mem::replace(&mut self.free, true);
        write(self);
        self.free = free;
    }

    fn expression(&mut self, depth: usize) {
        let simple = depth > 4;
        match self.random.below(if simple { 6 } else { 20 }) {
            0 => self.name(),
            1 => {
                let number = self.random.pick(&["0", "12", "1.50", "1e3", "2E-5", "1e400"]);
                self.push(number);
            }
            2 => {
                let text = self.random.pick(&[
                    "\"\"",
                    "\"a b\"",
                    "\"\\\"é\\n\"",
                    "\"$${x}$\"",
                    "\"string\"",
                    "\"list\"",
                    "\"map\"",
                ]);
                self.push(text);
            }
            3..5 => self.reference(depth),
            5 => {
                let word = self.random.pick(&["list", "set", "map", "string", "any", "true"]);
                self.push(word);
            }
            6 => self.template(depth),
            7 => {
                self.push("\"");
                self.interpolation(depth);
                self.push("\"");
            }
            8 => self.brackets("(", ")", |writer| {
                writer.gap();
                writer.expression(depth + 1);
                writer.gap();
            }),
            9..11 => self.binary(depth),
            11 => {
                let operator = self.random.pick(&["-", "!"]);
                self.push(operator);
                self.gap();
                self.expression(depth + 2);
            }
            12 => {
                self.expression(depth + 1);
                self.token("?");
                self.gap();
                self.expression(depth + 1);
                self.token(":");
                self.gap();
                self.expression(depth + 1);
            }
            13 => self.tuple(depth),
            14 => self.object(depth),
            15 => self.for_expression(depth),
            _ => self.call(depth),
        }
    }

    fn brackets(&mut self, open: &str, close: &str, write: impl FnOnce(&mut Self)) {
        self.push(open);
        self.within_brackets(write);
        self.push(close);
    }

    fn binary(&mut self, depth: usize) {
        self.expression(depth + 1);
        let operator = self.random.pick(OPERATORS);
        self.push(" ");
        self.token(operator);
        self.gap();
        self.expression(depth + 1);
    }

    fn reference(&mut self, depth: usize) {
        let root = self.random.pick(&["a", "var", "é", "in", "x-y"]);
        self.push(root);
        for _ in 0..self.random.below(4) {
            match self.random.below(8) {
                0 => self.push("[0]"),
                1 => self.push("[\"k\"]"),
                2 => self.push(".0"),
                3 => self.push(".*"),
                4 => self.push("[*]"),
                5 if depth < 4 => self.brackets("[", "]", |writer| {
                    writer.gap();
                    writer.expression(depth + 1);
                }),
                _ => {
                    self.token(".");
                    self.gap();
                    self.push("b");
                }
            }
        }
    }

    fn template(&mut self, depth: usize) {
        self.push("\"");
        for _ in 0..self.random.below(4) {
            match self.random.below(3) {
                0 => self.interpolation(depth),
                1 => self.directive(depth),
                _ => {
                    let text = self
                        .random
                        .pick(&[" ", "a", "\\\"", "$", "%", "$${", "%%{", "é", "/* */", "#"]);
                    self.push(text);
                }
            }
        }
        self.push("\"");
    }

    fn tuple(&mut self, depth: usize) {
        self.brackets("[", "]", |writer| {
            let count = writer.random.below(4);
            for index in 0..count {
                writer.gap();
                writer.expression(depth + 1);
                if index + 1 < count || writer.random.one_in(2) {
                    writer.token(",");
                }
            }
            writer.gap();
        });
    }

    fn object(&mut self, depth: usize) {
        let free = std::mem::replace(&mut self.free, false);
        self.push("{");
        for _ in 0..self.random.below(4) {
            self.gap();
            match self.random.below(4) {
                0 => self.push("\"k\""),
                1 => self.push("(a)"),
                _ => self.name(),
            }
            let separator = self.random.pick(&["=", "=", ":"]);
            self.token(separator);
            self.gap();
            self.expression(depth + 1);
            let end = self.random.pick(&[",", "\n", " # c\n", ",\n"]);
            self.push(end);
        }
        self.gap();
        self.push("}");
        self.free = free;
    }

    fn for_expression(&mut self, depth: usize) {
        let object = self.random.one_in(2);
        let (open, close) = if object { ("{", "}") } else { ("[", "]") };
        self.brackets(open, close, |writer| {
            writer.gap();
            writer.push("for ");
            let names = writer.random.pick(&["x", "k, v", "k ,v"]);
            writer.push(names);
            writer.push(" in ");
            writer.expression(depth + 1);
            writer.token(":");
            writer.gap();
            if object {
                writer.expression(depth + 2);
                writer.token("=>");
                writer.gap();
            }
            writer.expression(depth + 2);
            if object && writer.random.one_in(3) {
                writer.token("...");
            }
            if writer.random.one_in(3) {
                writer.push(" if ");
                writer.expression(depth + 2);
            }
            writer.gap();
        });
    }

    fn call(&mut self, depth: usize) {
        let name = self.random.pick(&["f", "provider::a::g", "core :: h", "list"]);
        self.push(name);
        self.gap_in_line();
        self.brackets("(", ")", |writer| {
            let count = writer.random.below(3);
            for index in 0..count {
                writer.gap();
                writer.expression(depth + 1);
                if index + 1 < count {
                    writer.token(",");
                } else if writer.random.one_in(3) {
                    let end = writer.random.pick(&["...", ","]);
                    writer.token(end);
                }
            }
            writer.gap();
        });
    }
}
