//! A second opinion on the shape of files: that of `hcl-rs`, an independent parser.

use std::sync::Arc;

use groma_diag::SourceMap;
use groma_lang::syntax::{self, Body, Item};
use hcl::expr::Expression;

/// One line for each argument and block, by depth; with the references of each argument.
fn ours(body: &Body, depth: usize, out: &mut Vec<String>) {
    for item in body.items().expect("native syntax") {
        match item {
            Item::Attribute(attribute) => {
                let mut roots: Vec<_> =
                    attribute.expr.variables().iter().map(|v| v.root.to_string()).collect();
                roots.sort();
                out.push(format!("{depth} {} = {roots:?}", attribute.name));
            }
            Item::Block(block) => {
                let labels: Vec<_> = block.labels.iter().map(|l| l.text.to_string()).collect();
                out.push(format!("{depth} {} {labels:?}", block.ty));
                ours(&block.body, depth + 1, out);
            }
        }
    }
}

fn theirs(body: &hcl::Body, depth: usize, out: &mut Vec<String>) {
    for structure in body {
        match structure {
            hcl::Structure::Attribute(attribute) => {
                let mut roots = Vec::new();
                variables(&attribute.expr, &mut roots);
                roots.sort();
                out.push(format!("{depth} {} = {roots:?}", attribute.key()));
            }
            hcl::Structure::Block(block) => {
                let labels: Vec<_> = block.labels.iter().map(|l| l.as_str().to_owned()).collect();
                out.push(format!("{depth} {} {labels:?}", block.identifier()));
                theirs(&block.body, depth + 1, out);
            }
        }
    }
}

fn variables(expr: &Expression, out: &mut Vec<String>) {
    match expr {
        Expression::Variable(variable) => out.push(variable.as_str().to_owned()),
        Expression::Array(items) => items.iter().for_each(|item| variables(item, out)),
        Expression::Object(object) => {
            for (key, value) in object {
                if let hcl::expr::ObjectKey::Expression(key) = key {
                    variables(key, out);
                }
                variables(value, out);
            }
        }
        Expression::Traversal(traversal) => {
            variables(&traversal.expr, out);
            for operator in &traversal.operators {
                if let hcl::expr::TraversalOperator::Index(key) = operator {
                    variables(key, out);
                }
            }
        }
        Expression::FuncCall(call) => call.args.iter().for_each(|arg| variables(arg, out)),
        Expression::Parenthesis(inner) => variables(inner, out),
        Expression::Conditional(conditional) => {
            variables(&conditional.cond_expr, out);
            variables(&conditional.true_expr, out);
            variables(&conditional.false_expr, out);
        }
        Expression::Operation(operation) => match &**operation {
            hcl::expr::Operation::Unary(unary) => variables(&unary.expr, out),
            hcl::expr::Operation::Binary(binary) => {
                variables(&binary.lhs_expr, out);
                variables(&binary.rhs_expr, out);
            }
        },
        _ => {}
    }
}

const FILE: &str = r#"
terraform {
  required_version = ">= 1.0"
  backend "local" {}
}

variable "name" {
  type    = string
  default = "x"
}

resource aws_instance "web" {
  count = length(var.names) > 1 ? local.a : module.b["c"].d[0]
  ami   = data.aws_ami.x[count.index].id
  tags = {
    Name      = var.name
    "quoted"  = [1, -var.two, !var.three]
    (var.key) = { nested = each.value }
  }
  ebs { size = (1 + var.size) * 2 }

  dynamic "rule" {
    for_each = toset(local.rules)
    content {
      port = rule.value
    }
  }
}

# a comment
output "é-x" {
  value = provider::x::f(aws_instance.web, terraform.workspace...)
}
"#;

#[test]
fn both_see_the_same_structure() {
    let map = SourceMap::new();
    let bytes: Arc<[u8]> = FILE.as_bytes().into();
    let file = map.add("main.tf", Arc::clone(&bytes));
    let (body, diagnostics) = syntax::parse_file(file, "main.tf", bytes);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let (mut one, mut other) = (Vec::new(), Vec::new());
    ours(&body, 0, &mut one);
    theirs(&hcl::parse(FILE).expect("hcl-rs parses it"), 0, &mut other);
    assert_eq!(one, other);
}

/// What hcl-rs writes, we read: generated configuration goes that way.
#[test]
fn reads_what_hcl_rs_writes() {
    let written = hcl::to_string(&hcl::body!({
        resource "a" "b" {
            text = "line\n\"quoted\" ${not.a.reference} \\ é"
            number = 1.5
            list = [1, 2]
            nested { flag = true }
        }
    }))
    .expect("hcl-rs writes it");
    let map = SourceMap::new();
    let bytes: Arc<[u8]> = written.clone().into_bytes().into();
    let file = map.add("main.tf", Arc::clone(&bytes));
    let (body, diagnostics) = syntax::parse_file(file, "main.tf", bytes);
    assert!(diagnostics.is_empty(), "{diagnostics:?} of {written}");
    let mut lines = Vec::new();
    ours(&body, 0, &mut lines);
    assert_eq!(lines.len(), 6, "{lines:?}");
}
