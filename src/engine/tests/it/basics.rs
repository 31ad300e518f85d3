//! `terraform_data` with variables, locals, outputs, references, count, for_each and modules.

use groma_value::Value;

use crate::world::{World, check, show};

#[tokio::test]
async fn creates_reads_back_and_is_done() {
    let world = World::new(
        r#"
        variable "name" { default = "x" }
        locals { full = "${var.name}-1" }
        resource "terraform_data" "a" { input = local.full }
        resource "terraform_data" "b" { input = { from = terraform_data.a.output } }
        output "o" { value = terraform_data.b.output }
        "#,
    );
    check(
        &show(&world.plan().await),
        "create terraform_data.a {id=? input=x-1 output=?}
         create terraform_data.b {id=? input={from=?} output=?}
         output create o ?",
    );
    check(
        &world.apply().await,
        "terraform_data.a {id=01 input=x-1 output=x-1}
         terraform_data.b {id=02 input={from=x-1} output={from=x-1}}
         output o = {from=x-1}",
    );
    check(&show(&world.plan().await), "");
}

#[tokio::test]
async fn repeats_and_calls_modules() {
    let mut world = World::new(
        r#"
        variable "n" { type = number }
        module "m" {
          source   = "./m"
          for_each = { a = 1, b = 2 }
          value    = each.value * var.n
        }
        resource "terraform_data" "c" {
          count = var.n
          input = "${count.index}-${module.m["a"].out}"
        }
        output "all" { value = terraform_data.c[*].input }
        output "m" { value = { for k, v in module.m : k => v.out } }
        "#,
    );
    world.write(
        "m/main.tf",
        r#"
        variable "value" {}
        resource "terraform_data" "x" { input = var.value }
        output "out" { value = terraform_data.x.input }
        "#,
    );
    world.set("n", Value::number(2));
    check(
        &show(&world.plan().await),
        r#"create terraform_data.c[0] {id=? input=0-2 output=?}
           create terraform_data.c[1] {id=? input=1-2 output=?}
           create module.m["a"].terraform_data.x {id=? input=2 output=?}
           create module.m["b"].terraform_data.x {id=? input=4 output=?}
           output create all [0-2 1-2]
           output create m {a=2 b=4}"#,
    );
    world.apply().await;
    world.set("n", Value::number(1));
    check(
        &show(&world.plan().await),
        r#"update terraform_data.c[0] {id=03030303-0303-0303-0303-030303030303 input=0-1 output=?}
           delete terraform_data.c[1] [delete_because_count_index]
           update module.m["a"].terraform_data.x {id=01010101-0101-0101-0101-010101010101 input=1 output=?}
           update module.m["b"].terraform_data.x {id=02020202-0202-0202-0202-020202020202 input=2 output=?}
           output update all [0-1]
           output update m {a=1 b=2}"#,
    );
    check(
        &world.apply().await,
        r#"terraform_data.c[0] {id=03 input=0-1 output=0-1}
           module.m["a"].terraform_data.x {id=01 input=1 output=1}
           module.m["b"].terraform_data.x {id=02 input=2 output=2}
           output all = [0-1]
           output m = {a=1 b=2}"#,
    );
    check(&show(&world.plan().await), "");
}

#[tokio::test]
async fn an_output_that_stays_null_has_no_type() {
    let world = World::new("output \"o\" { value = tostring(null) }");
    let plan = world.plan().await;
    let types: Vec<_> = plan.outputs.iter().map(|output| output.after.ty()).collect();
    assert_eq!(types, [groma_value::Type::Dynamic]);
}
